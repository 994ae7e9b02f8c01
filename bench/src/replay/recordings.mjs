import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { converse } from '../dovecot/converse.mjs'
import { password, user } from '../dovecot/dovecot.mjs'

/** @typedef {import('../dovecot/converse.mjs').Answer} Answer */

/** The session in which a command is asked: what was enabled, and how the mailbox was selected. */
export const contextKey = (enabled, selection) =>
  `${[...enabled].sort((a, b) => (a < b ? -1 : 1)).join(' ')}|${selection}`

/** Answers of Dovecot, kept in a folder; what is asked for the first time is recorded from a live server. */
export class Recordings {
  #folder
  #askServer
  /** @type {Map<string, Answer>} */
  #answers = new Map()
  /** How many answers were recorded since the start: a run that caused one is not a measurement. */
  recorded = 0

  /**
   * @param {string} folder
   * @param {() => Promise<{ host: string, port: number }>} askServer starts Dovecot when it is first needed
   */
  constructor(folder, askServer) {
    this.#folder = folder
    this.#askServer = askServer
    mkdirSync(folder, { recursive: true })
  }

  /** @returns {Answer | undefined} */
  find(context, command) {
    const key = `${context}\n${command}`
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const path = this.#path(key)
    if (!existsSync(path)) return undefined
    const stored = readFileSync(path)
    const firstLine = stored.indexOf(10)
    const answer = { untagged: stored.subarray(firstLine + 1), completion: `${stored.latin1Slice(0, firstLine)}\r\n` }
    this.#answers.set(key, answer)
    return answer
  }

  /** @returns {Promise<Answer>} */
  async record(enabled, selection, command) {
    const server = await this.#askServer()
    const setUp = [`LOGIN ${user} ${password}`, ...(enabled.size > 0 ? [`ENABLE ${[...enabled].join(' ')}`] : [])]
    // Selected once before: the first session to see a message is told that it is \Recent.
    setUp.push('SELECT INBOX', selection === '' ? 'UNSELECT' : selection)
    const answers = await converse(server, [...setUp, command])
    const answer = answers[answers.length - 1]
    const key = `${contextKey(enabled, selection)}\n${command}`
    const path = this.#path(key)
    writeFileSync(
      `${path}.part`,
      Buffer.concat([Buffer.from(answer.completion.replace('\r\n', '\n'), 'latin1'), answer.untagged]),
    )
    renameSync(`${path}.part`, path)
    this.#answers.set(key, answer)
    this.recorded++
    return answer
  }

  /** The file that holds an answer: its completion on the first line, then the untagged bytes. */
  fileOf(context, command) {
    return this.#path(`${context}\n${command}`)
  }

  #path(key) {
    return join(this.#folder, `${createHash('sha256').update(key, 'latin1').digest('hex').slice(0, 32)}.imap`)
  }
}
