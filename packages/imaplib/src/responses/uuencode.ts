/**
 * uuencode as a transfer encoding (`x-uuencode`), in chunks that may be cut anywhere: the lines between `begin` and
 * `end`, each with its length in the first character. Lines that are cut short are filled up with zero bits.
 */
export class UuDecoder {
  private line: Buffer = EMPTY
  private begun = false
  private ended = false

  write(chunk: Uint8Array): Buffer {
    const source = this.line.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.line, chunk])
    const out: Buffer[] = []
    let at = 0
    for (let lf = source.indexOf(LF); lf !== -1; lf = source.indexOf(LF, at)) {
      this.takeLine(source.subarray(at, source[lf - 1] === CR && lf > at ? lf - 1 : lf), out)
      at = lf + 1
    }
    this.line = source.subarray(at, at + LONGEST_LINE)
    return Buffer.concat(out)
  }

  end(): Buffer {
    const out: Buffer[] = []
    this.takeLine(this.line, out)
    this.line = EMPTY
    return Buffer.concat(out)
  }

  private takeLine(line: Buffer, out: Buffer[]): void {
    if (this.ended || line.length === 0 || line.length >= LONGEST_LINE) return
    if (!this.begun) {
      this.begun = line.subarray(0, 6).toString('latin1') === 'begin '
      return
    }
    const size = value(line[0])
    if (size === 0 || line.toString('latin1') === 'end') this.ended = true
    else out.push(decodeLine(line, size))
  }
}

const decodeLine = (line: Buffer, size: number): Buffer => {
  const out = Buffer.alloc(size + 2)
  let length = 0
  for (let at = 1; length < size; at += 4) {
    const group =
      (value(line[at]) << 18) | (value(line[at + 1]) << 12) | (value(line[at + 2]) << 6) | value(line[at + 3])
    out.writeUIntBE(group, length, 3)
    length += 3
  }
  return out.subarray(0, size)
}

const EMPTY = Buffer.alloc(0)
const CR = 0x0d
const LF = 0x0a

/** A line has 62 characters at most; one of this length is no uuencode, and is kept no further. */
const LONGEST_LINE = 1024

const value = (char: number | undefined): number => (char === undefined ? 0 : (char - 0x20) & 0x3f)
