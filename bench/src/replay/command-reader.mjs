const lf = 10
const literalEnd = /\{(\d+)(\+?)\}$/

/**
 * One command of a client. A literal stands in `text` behind its header; the literals of APPEND are counted instead.
 * @typedef {{ tag: string, name: string, rest: string, appended: number[] }} Command
 */

/** Cuts what a client sends into commands (RFC 9051 §2.2.1). */
export class CommandReader {
  #onCommand
  #onContinuation
  /** Bytes of a line whose end has not come yet. */
  #tail = Buffer.alloc(0)
  /** The command so far, when it goes on after a literal. */
  #text = ''
  #isAppend = false
  #appended = []
  #literalLeft = 0
  #kept = []

  /**
   * @param {(command: Command) => void} onCommand
   * @param {() => void} onContinuation called where the client waits for `+`
   */
  constructor(onCommand, onContinuation) {
    this.#onCommand = onCommand
    this.#onContinuation = onContinuation
  }

  /** @param {Buffer} chunk */
  feed(chunk) {
    let data = chunk
    if (this.#tail.length > 0 && this.#literalLeft === 0) {
      data = Buffer.concat([this.#tail, chunk])
      this.#tail = Buffer.alloc(0)
    }
    let at = 0
    while (at < data.length) {
      if (this.#literalLeft > 0) {
        at += this.#takeLiteral(data, at)
        continue
      }
      const end = data.indexOf(lf, at)
      if (end === -1) break
      const lineEnd = end > at && data[end - 1] === 13 ? end - 1 : end
      this.#line(data.latin1Slice(at, lineEnd))
      at = end + 1
    }
    // Copied, since the socket may reuse the memory of the chunk.
    if (at < data.length) this.#tail = Buffer.from(data.subarray(at))
  }

  #takeLiteral(data, at) {
    const size = Math.min(this.#literalLeft, data.length - at)
    if (!this.#isAppend) this.#kept.push(data.latin1Slice(at, at + size))
    this.#literalLeft -= size
    if (this.#literalLeft === 0 && !this.#isAppend) this.#text += `\r\n${this.#kept.join('')}`
    return size
  }

  #line(line) {
    if (this.#text === '') this.#isAppend = /^[^ ]+ APPEND /i.test(line)
    this.#text += line
    const header = line.charCodeAt(line.length - 1) === 125 ? literalEnd.exec(line) : null
    if (header === null) return this.#finish()
    this.#literalLeft = Number(header[1])
    this.#kept = []
    if (this.#isAppend) this.#appended.push(this.#literalLeft)
    if (header[2] === '') this.#onContinuation()
    if (this.#literalLeft === 0 && !this.#isAppend) this.#text += '\r\n'
  }

  #finish() {
    const text = this.#text
    const space = text.indexOf(' ')
    const tag = space === -1 ? text : text.slice(0, space)
    const next = space === -1 ? -1 : text.indexOf(' ', space + 1)
    const name = space === -1 ? '' : text.slice(space + 1, next === -1 ? undefined : next).toUpperCase()
    const rest = next === -1 ? '' : text.slice(next + 1)
    const appended = this.#appended
    this.#text = ''
    this.#appended = []
    this.#onCommand({ tag, name, rest, appended })
  }
}
