import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Asks for a password on the terminal, without echo. Where the input is no terminal, its first line is taken. */
export const askPassword = (
  question: string,
  input: NodeJS.ReadStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<string> =>
  new Promise((resolve, reject) => {
    output.write(question)
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    // A file or a pipe has no `isTTY` at all.
    const terminal = (input.isTTY as boolean | undefined) === true
    const lines = createInterface({ input, output: nowhere, terminal })
    let answered = false
    lines.once('line', (line) => {
      answered = true
      if (terminal) output.write('\n')
      lines.close()
      resolve(line)
    })
    lines.once('close', () => {
      if (!answered) reject(new Error('no password was given'))
    })
  })
