const sliceSize = 1 << 20

/**
 * What a session has to send: strings and Buffers, however large, given to the socket a piece at a time so that memory
 * stays flat and the client can begin while the rest is still to come.
 */
export class Outbox {
  #socket
  /** @type {(string | Buffer)[]} */
  #queue = []
  #next = 0
  #offset = 0
  #waiting = false
  bytes = 0

  /** @param {import('node:stream').Duplex} socket */
  constructor(socket) {
    this.#socket = socket
    socket.on('drain', () => {
      this.#waiting = false
      this.flush()
    })
  }

  /** @param {string | Buffer} piece a string is latin1 */
  push(piece) {
    this.#queue.push(piece)
    this.bytes += piece.length
  }

  flush() {
    while (!this.#waiting && this.#next < this.#queue.length) this.#waiting = !this.#socket.write(this.#take())
    if (this.#next === this.#queue.length) {
      this.#queue = []
      this.#next = 0
    }
  }

  /** The next piece of up to 1 MiB: a slice of a large Buffer, or several small pieces joined. */
  #take() {
    const first = this.#queue[this.#next]
    if (first.length - this.#offset > sliceSize / 2) return this.#slice(first)
    const joined = []
    let size = 0
    while (this.#next < this.#queue.length && this.#offset === 0) {
      const piece = this.#queue[this.#next]
      if (size + piece.length > sliceSize) break
      joined.push(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
      size += piece.length
      this.#next++
    }
    if (joined.length === 0) return this.#slice(first)
    return joined.length === 1 ? joined[0] : Buffer.concat(joined, size)
  }

  #slice(piece) {
    const whole = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece
    if (whole !== piece) this.#queue[this.#next] = whole
    const slice = whole.subarray(this.#offset, this.#offset + sliceSize)
    this.#offset += slice.length
    if (this.#offset === whole.length) {
      this.#offset = 0
      this.#next++
    }
    return slice
  }
}
