import { connect } from 'node:net'

/**
 * The bytes of an answer: what came untagged, and the completion without its tag.
 * @typedef {{ untagged: Buffer, completion: string }} Answer
 */

/**
 * Runs commands on one connection, one at a time, and gives back every byte of the answers.
 * @param {{ host: string, port: number }} server
 * @param {readonly string[]} commands without tags
 * @returns {Promise<Answer[]>}
 */
export const converse = async (server, commands) => {
  const socket = connect(server.port, server.host)
  let chunks = []
  let failure
  let wake = () => {}
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    wake()
  })
  const fail = (error) => {
    failure ??= error
    wake()
  }
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('Dovecot closed the connection')))
  const more = () =>
    new Promise((resolve, reject) => {
      const settle = () => (failure === undefined ? resolve() : reject(failure))
      if (failure !== undefined) return settle()
      wake = settle
    })
  const ask = async () => {
    const answers = []
    for (const [index, command] of commands.entries()) {
      const tag = `r${index}`
      chunks = []
      socket.write(`${tag} ${command.replaceAll(/\{(\d+)\}\r\n/g, '{$1+}\r\n')}\r\n`, 'latin1')
      let answer
      while (answer === undefined) {
        await more()
        answer = finished(chunks, tag)
      }
      if (!answer.completion.startsWith(' OK'))
        throw new Error(`Dovecot said${answer.completion.trimEnd()} to ${command.slice(0, 100)}`)
      answers.push(answer)
    }
    return answers
  }
  try {
    await more()
    return await ask()
  } finally {
    socket.destroy()
  }
}

/** The completion is the last line: `tag OK …`. Only the end is looked at, which keeps a large answer linear. */
const finished = (chunks, tag) => {
  const last = chunks[chunks.length - 1]
  if (last === undefined || last[last.length - 1] !== 10) return undefined
  const tail = Buffer.concat(chunks.slice(-4)).subarray(-4096)
  const line = tail.latin1Slice(tail.lastIndexOf(10, tail.length - 2) + 1)
  if (!line.startsWith(`${tag} `)) return undefined
  const all = Buffer.concat(chunks)
  return { untagged: Buffer.from(all.subarray(0, all.length - line.length)), completion: line.slice(tag.length) }
}
