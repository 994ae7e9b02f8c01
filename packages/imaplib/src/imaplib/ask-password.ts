import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Asks for a password on the terminal, without echo. Where standard input is no terminal, its first line is taken. */
export const askPassword = (question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    process.stderr.write(question)
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    const terminal = process.stdin.isTTY
    const lines = createInterface({ input: process.stdin, output: nowhere, terminal })
    let answered = false
    lines.once('line', (line) => {
      answered = true
      if (terminal) process.stderr.write('\n')
      lines.close()
      resolve(line)
    })
    lines.once('close', () => {
      if (!answered) reject(new Error('no password was given'))
    })
  })
