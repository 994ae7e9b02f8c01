import type { ExternalLiteral } from '../wire/frame.ts'
import { literalSizeAt } from '../wire/literal-header.ts'
import { IMAP4Abort, IMAP4Error } from './imap4-errors.ts'
import { reprBytes } from './python-repr.ts'
import type { RawResponse } from './response-lines.ts'
import { readTwice, type ResponseHandler, type ResponseSource } from './response-source.ts'

/** The calls by which responses are read when a subclass has its own. */
export interface ReadingHooks {
  readline(): Promise<Uint8Array>
  read(size: number): Promise<Uint8Array>
}

/** Responses read through `readline()` and `read()`, as Python reads them. */
export class PulledResponses implements ResponseSource {
  private readonly hooks: ReadingHooks
  private readonly maxLiteralSize: number
  /** A response under way; it outlives the limit of a `read()`, so that no part of it is lost. */
  private next: Promise<RawResponse> | null = null
  private stop: (() => void) | null = null

  constructor(hooks: ReadingHooks, maxLiteralSize: number) {
    this.hooks = hooks
    this.maxLiteralSize = maxLiteralSize
  }

  async read(handle: ResponseHandler, limit: number | null): Promise<boolean> {
    if (this.stop !== null) throw readTwice()
    if (limit !== null && limit <= 0) return false
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<null>((resolve) => {
      this.stop = () => resolve(null)
      if (limit !== null) timer = setTimeout(resolve, limit, null)
    })
    try {
      for (;;) {
        if (this.next === null) {
          this.next = this.response()
          // It may fail when nobody waits; who reads next will hear of it.
          this.next.catch(() => {})
        }
        const raw = await Promise.race([this.next, late])
        if (raw === null) return false
        this.next = null
        if (handle(raw)) return true
      }
    } catch (error) {
      this.next = null
      throw error
    } finally {
      clearTimeout(timer)
      this.stop = null
    }
  }

  interrupt(): void {
    this.stop?.()
  }

  private async response(): Promise<RawResponse> {
    let line = await this.line()
    const lines = [line]
    const externals: ExternalLiteral[] = []
    let position = line.length
    // Only untagged responses have literals (RFC 9051 §9, response-data).
    while (lines[0]?.[0] === 0x2a) {
      const size = literalSizeAt(line, 0, line.length - 2)
      if (size === -1) break
      if (size > this.maxLiteralSize)
        throw new IMAP4Abort(`got a literal of more than ${this.maxLiteralSize} bytes`, { code: 'ELIMIT' })
      const data = asBuffer(await this.hooks.read(size))
      if (data.length < size) throw new IMAP4Abort('socket error: EOF', { code: 'EEOF' })
      externals.push({ position, size, data })
      line = await this.line()
      lines.push(line)
      position += line.length
    }
    const bytes = lines.length === 1 ? line : Buffer.concat(lines)
    return { bytes, start: 0, end: bytes.length - 2, externals: externals.length === 0 ? null : externals }
  }

  private async line(): Promise<Buffer> {
    const line = asBuffer(await this.hooks.readline())
    if (line.length === 0) throw new IMAP4Abort('socket error: EOF', { code: 'EEOF' })
    if (line.length < 2 || line[line.length - 2] !== 0x0d || line[line.length - 1] !== 0x0a)
      throw new IMAP4Abort(`socket error: unterminated line: ${reprBytes(line)}`)
    return line
  }
}

/** A line longer than the limit, in Python's words. */
export const lineTooLong = (limit: number) => new IMAP4Error(`got more than ${limit} bytes`, { code: 'ELIMIT' })

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
