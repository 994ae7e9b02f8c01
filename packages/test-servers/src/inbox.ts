/** The other side is gone, so what a script waits for will never come. Not the script's fault. */
export class ConnectionGone extends Error {
  override readonly name = 'ConnectionGone'
}

/** Bytes that have arrived and nobody has read yet, read by one reader at a time. */
export class Inbox {
  #bytes: Buffer = Buffer.alloc(0)
  #over = false
  #wake: (() => void) | undefined

  push(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    this.#wake?.()
  }

  /** Nothing more will come. */
  end(): void {
    this.#over = true
    this.#wake?.()
  }

  /** The next line, without its CRLF. A bare LF does not end a line. */
  async readLine(): Promise<Buffer> {
    for (let searched = 0; ; ) {
      const at = this.#bytes.indexOf('\r\n', searched)
      if (at !== -1) return this.#take(at + 2).subarray(0, at)
      searched = Math.max(0, this.#bytes.length - 1)
      await this.#more()
    }
  }

  /** The next `size` bytes. */
  async readExactly(size: number): Promise<Buffer> {
    while (this.#bytes.length < size) await this.#more()
    return this.#take(size)
  }

  /** All that is here now. */
  takeAll(): Buffer {
    return this.#take(this.#bytes.length)
  }

  #take(size: number): Buffer {
    const taken = this.#bytes.subarray(0, size)
    this.#bytes = this.#bytes.subarray(size)
    return taken
  }

  async #more(): Promise<void> {
    if (this.#over) throw new ConnectionGone('the client has closed the connection')
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = undefined
  }
}
