import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { message } from '../src/corpus/message.mjs'
import { CommandReader } from '../src/replay/command-reader.mjs'
import { contextKey, Recordings } from '../src/replay/recordings.mjs'
import { Session } from '../src/replay/session.mjs'

const commandsOf = (text, size) => {
  const commands = []
  let continuations = 0
  const reader = new CommandReader(
    (command) => commands.push(command),
    () => continuations++,
  )
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size))
  return { commands, continuations }
}

describe('CommandReader', () => {
  const text =
    'a LOGIN {5}\r\nbench secret\r\nb APPEND X {5+}\r\nhello (\\Seen) {3}\r\nabc\r\nc UID FETCH 1:* (UID)\r\nDONE\r\nd APPEND X {0+}\r\n\r\n'

  it('reads commands with literals the same in chunks of any size', () => {
    const whole = commandsOf(text, text.length)
    expect(whole.continuations).toBe(2)
    expect(whole.commands.map(({ tag, name, appended }) => [tag, name, appended])).toEqual([
      ['a', 'LOGIN', []],
      ['b', 'APPEND', [5, 3]],
      ['c', 'UID', []],
      ['DONE', '', []],
      ['d', 'APPEND', [0]],
    ])
    expect(whole.commands[0].rest).toBe('{5}\r\nbench secret')
    for (let size = 1; size < 20; size++) expect(commandsOf(text, size)).toEqual(whole)
  })
})

describe('Session', () => {
  const closing = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  const talk = async (text, answer) => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-test-'))
    const recordings = new Recordings(folder, () => Promise.reject(new Error('no Dovecot here')))
    if (answer !== undefined) recordings.find = (context, command) => answer(context, command)
    const world = { recordings, appended: new Map(), failures: [] }
    const server = createServer((socket) => new Session(socket, world))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => new Promise((resolve) => server.close(resolve)))
    closing.push(() => rmSync(folder, { recursive: true }))
    const socket = connect(server.address().port, '127.0.0.1')
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.latin1Slice()
    })
    socket.write(`a LOGIN u p\r\n${text}z LOGOUT\r\n`)
    await once(socket, 'close')
    return { received, world }
  }

  it('computes rows in the order asked, with the UID that UID FETCH implies', async () => {
    const { received } = await talk('b EXAMINE Flags\r\nc UID FETCH 2:3 (FLAGS)\r\n')
    expect(received).toContain(
      '* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n* 3 FETCH (UID 3 FLAGS (\\Seen \\Answered))\r\nc OK',
    )
  })

  it('sends literals of the size it announces', async () => {
    const { received } = await talk('b EXAMINE Bodies20K\r\nc UID FETCH 7 (BODY.PEEK[]<5.10>)\r\n')
    const row = /\* 7 FETCH \(UID 7 BODY\[\]<5> \{10\}\r\n([^]{10})\)\r\nc OK/.exec(received)
    expect(row).not.toBeNull()
  })

  it('counts what is appended, MULTIAPPEND too', async () => {
    const { received, world } = await talk('b APPEND X {3+}\r\nabc {2+}\r\nde\r\nc STATUS X (MESSAGES SIZE)\r\n')
    expect(world.appended.get('X')).toEqual({ messages: 2, bytes: 5 })
    expect(received).toContain('* STATUS X (MESSAGES 2 SIZE 5)')
  })

  it('answers INBOX as recorded, under the tag of the client', async () => {
    const seen = []
    const { received } = await talk(
      'b ENABLE CONDSTORE\r\nc SELECT "INBOX"\r\nd FETCH 1 (UID)\r\n',
      (context, command) => {
        seen.push(`${context} ${command}`)
        return { untagged: Buffer.from('* 1 FETCH (UID 1)\r\n'), completion: ' OK as recorded\r\n' }
      },
    )
    expect(seen).toEqual([
      `${contextKey(['CONDSTORE'], '')} SELECT INBOX`,
      `${contextKey(['CONDSTORE'], 'SELECT INBOX')} FETCH 1 (UID)`,
    ])
    expect(received).toContain('* 1 FETCH (UID 1)\r\nd OK as recorded\r\n')
  })

  it('tells the runner of a command it has no answer to', async () => {
    const { received, world } = await talk('b SELECT Flags\r\nc FROBNICATE\r\n')
    expect(received).toContain('c BAD')
    expect(world.failures).toEqual(['FROBNICATE '])
  })
})

describe('the corpus', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(message(1, 42)).toEqual(message(1, 42))
    expect(message(1, 42).bytes.equals(message(2, 42).bytes)).toBe(false)
  })
})
