/** UTF-32, rare but registered for mail. Without a byte order mark the first character tells the order. */
export class Utf32Decoder {
  private littleEndian: boolean | null
  private carry: Buffer = Buffer.alloc(0)
  private started = false

  constructor(order: 'le' | 'be' | null) {
    this.littleEndian = order === null ? null : order === 'le'
  }

  write(chunk: Uint8Array): string {
    const bytes = Buffer.concat([this.carry, chunk])
    const whole = bytes.length - (bytes.length % 4)
    this.carry = bytes.subarray(whole)
    const out: string[] = []
    for (let at = 0; at < whole; at += 4) {
      this.littleEndian ??= bytes[at + 3] === 0 && bytes[at] !== 0
      const point = this.littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
      if (point !== 0xfeff || this.started) out.push(character(point))
      this.started = true
    }
    return out.join('')
  }

  end(): string {
    const torn = this.carry.length > 0
    this.carry = Buffer.alloc(0)
    return torn ? '\ufffd' : ''
  }
}

const character = (point: number): string =>
  point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? '\ufffd' : String.fromCodePoint(point)
