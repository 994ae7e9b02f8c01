import { randomInt } from 'node:crypto'

/**
 * Tags of one connection: a prefix that cannot be guessed, then a counter.
 *
 * A server (or somebody in its place) that could guess the next tag could complete a command before it is sent
 * (CVE-2026-42246). Letters first: some servers take no tag that begins with a digit.
 */
export class Tags {
  readonly prefix: string
  /** Of the tag that was made last. */
  count = 0

  constructor() {
    let prefix = ''
    for (let i = 0; i < 6; i += 1) prefix += String.fromCharCode(0x41 + randomInt(26))
    this.prefix = prefix
  }

  next(): string {
    this.count += 1
    return this.prefix + this.count
  }
}
