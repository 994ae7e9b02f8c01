import { encodeMailboxName } from './mailbox-name.ts'
import { isAsciiText } from './raw-text.ts'

/** So many at most: a server must not fill the memory with names. */
const MOST = 10_000

/**
 * Mailbox names that do not come out as they came in: broken modified UTF-7, raw UTF-8 without leave. They are kept with
 * the server's own octets, so that a name that LIST told names the same mailbox when it is sent back.
 */
export class OddNames {
  private octets: Map<string, Buffer> | null = null

  /** @param raw the octets that the server sent, each a character */
  remember(name: string, raw: string, utf8: boolean): void {
    // Plain ASCII, nearly always.
    if (raw === name && isAsciiText(raw) && (utf8 || !raw.includes('&'))) return
    if (name === 'INBOX') return
    const sent = utf8 ? Buffer.from(name).toString('latin1') : name.isWellFormed() ? encodeMailboxName(name) : ''
    if (sent === raw || (this.octets?.size ?? 0) >= MOST) return
    this.octets ??= new Map()
    this.octets.set(name, Buffer.from(raw, 'latin1'))
  }

  /** The octets to send for a name; undefined for one that is as it should be. */
  get(name: string): Buffer | undefined {
    return this.octets?.get(name)
  }
}
