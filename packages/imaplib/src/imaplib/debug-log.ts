import { repr, reprBytes, type Shown } from './python-repr.ts'
import type { RawResponse } from './response-lines.ts'
import { literalSizeAt } from '../wire/literal-header.ts'

const LF = 0x0a

/** How many lines of the conversation are kept for `print_log()`. */
const KEPT = 10

interface Kept {
  time: number
  /** A line that was sent, ready to print; or null for one that was received. */
  sent: string | null
  /** What was received, in the parts in which it is stored anyway: put together only if it is printed. */
  type: string
  data: Buffer | null
}

/**
 * The debugging output of Python's imaplib, on the standard error output: `  MM:SS.cc text`.
 *
 * | level | shows |
 * |---|---|
 * | 1 | the connection, NO, BAD and BYE, the last lines before an abort |
 * | 3 | capabilities, the store at NOOP |
 * | 4 | each line in both directions, the sizes of literals |
 * | 5 | how lines were taken apart, changes of the store |
 *
 * Secrets are masked at all levels: unlike Python, whose logs had the passwords in them.
 */
export class DebugLog {
  level: number
  /** Where it goes. */
  write: (text: string) => void = (text) => void process.stderr.write(text)
  private readonly kept: Kept[] = []
  private at = 0

  constructor(level: number) {
    this.level = level
  }

  mesg(text: string, time: number = Date.now()): void {
    const date = new Date(time)
    const two = (n: number) => String(n).padStart(2, '0')
    const hundredths = two(Math.floor(date.getMilliseconds() / 10))
    this.write(`  ${two(date.getMinutes())}:${two(date.getSeconds())}.${hundredths} ${text}\n`)
  }

  /** A line that was sent; `shown` is what may be seen of it. */
  sent(shown: () => string): void {
    const line = `> ${reprBytes(Buffer.from(shown(), 'latin1'))}`
    if (this.level >= 4) this.mesg(line)
    else this.keep(line, '', null)
  }

  /** A response as it came, line by line. Only at level 4. */
  received({ bytes, start, end, externals }: RawResponse): void {
    let at = start
    let external = 0
    for (;;) {
      const lf = bytes.indexOf(LF, at)
      const stop = lf === -1 || lf >= end ? end : lf - 1
      this.mesg(`< ${reprBytes(bytes.subarray(at, stop))}`)
      if (stop === end) return
      const size = Math.max(0, literalSizeAt(bytes, at, stop))
      this.mesg(`read literal size ${size}`)
      at = lf + 1
      if (externals?.[external]?.position === at) external += 1
      else at += size
    }
  }

  /** Keeps what was received for `print_log()`, below level 4. */
  keepReceived(type: string, data: Buffer | null): void {
    this.keep(null, type, data)
  }

  /** The last lines of the conversation. */
  print(): void {
    this.mesg(`last ${Math.min(KEPT, this.kept.length)} IMAP4 interactions:`)
    for (let i = 0; i < this.kept.length; i += 1) {
      const { time, sent, type, data } = this.kept[(this.at + i) % this.kept.length] as Kept
      this.mesg(sent ?? `< ${type} ${data === null ? '' : reprBytes(data)}`, time)
    }
  }

  dump(store: ReadonlyMap<string, Shown>): void {
    if (store.size === 0) return
    const items = [...store].map(([type, items]) => `${type}: ${repr(items)}`)
    this.mesg(`untagged responses dump:\n\t\t${items.join('\n\t\t')}`)
  }

  private keep(sent: string | null, type: string, data: Buffer | null): void {
    if (this.kept.length < KEPT) {
      this.kept.push({ time: Date.now(), sent, type, data })
      return
    }
    const slot = this.kept[this.at] as Kept
    slot.time = Date.now()
    slot.sent = sent
    slot.type = type
    slot.data = data
    this.at = (this.at + 1) % KEPT
  }
}
