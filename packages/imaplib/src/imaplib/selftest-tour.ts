import type { DataItem } from './command-table.ts'
import { ParseNumbers } from './flags-and-numbers.ts'
import type { IMAP4 } from './imap4.ts'
import { reprBytes, reprString } from './python-repr.ts'

type Call = (...args: never[]) => Promise<[typ: string, data: readonly unknown[]]>

/** More of one line than this is cut. */
const SHOWN = 160

/** A command of the tour was answered NO. */
export class TourFailure extends Error {
  readonly code = 'NO'
}

/**
 * The tour of Python's own self-test, command by command: mailboxes are made, renamed, filled, listed, searched, and
 * removed; INBOX is looked at.
 */
export class Tour {
  private readonly M: IMAP4
  private readonly print: (line: string) => void
  private readonly made = new Set<string>()
  /** What was not possible on this server, and why. */
  readonly skipped: string[] = []

  constructor(M: IMAP4, print: (line: string) => void) {
    this.M = M
    this.print = print
  }

  /** Walks from the login (done already by PREAUTH) to the logout. Mailboxes that it made are removed in any case. */
  async walk(login: (() => Promise<[user: string, password: string]>) | null): Promise<void> {
    const { M } = this
    this.print(`PROTOCOL_VERSION = ${M.PROTOCOL_VERSION}`)
    this.print(`CAPABILITIES = ${M.capabilities.join(' ')}`)
    if (M.state === 'NONAUTH' && login !== null) {
      const [user, password] = await login()
      this.print(`> login(${reprString(user)}, [secret])`)
      this.show(await M.login(user, password))
    }
    try {
      await this.mailboxes()
      await this.inbox()
    } finally {
      for (const mailbox of this.made) await M.delete(mailbox).catch(() => {})
    }
    this.print('> logout()')
    this.show(await M.logout())
  }

  private async mailboxes(): Promise<void> {
    const prefix = await this.prefix()
    const [first, second, third] = ['xxx 1', 'yyy', 'yyz 2'].map((name) => `${prefix}imaplib selftest ${name}`) as [
      string,
      string,
      string,
    ]
    await this.run('create', first)
    this.made.add(first)
    await this.run('rename', first, second)
    this.made.delete(first)
    this.made.add(second)
    await this.run('CREATE', third)
    this.made.add(third)
    await this.run('append', third, null, null, message)
    await this.run('list', prefix, 'imaplib selftest yy*')
    await this.run('status', third, '(MESSAGES UIDNEXT)')
    await this.run('select', third)
    const [, found] = await this.run('search', null, 'SUBJECT', 'test')
    if (ParseNumbers(found as DataItem[]).length !== 1) throw new TourFailure('search did not find the message')
    await this.run('fetch', '1', '(FLAGS INTERNALDATE RFC822)')
    await this.run('store', '1', 'FLAGS', '(\\Deleted)')
    await this.run('expunge')
    await this.run('recent')
    await this.run('close')
    await this.run('append', third, '\\Seen', new Date(), message)
    await this.run('select', third)
    await this.run('response', 'UIDVALIDITY')
    const [, uids] = await this.run('uid', 'SEARCH', 'ALL')
    const uid = ParseNumbers(uids as DataItem[]).at(-1)
    if (uid === undefined) throw new TourFailure('uid SEARCH did not find the message')
    await this.run('uid', 'FETCH', String(uid), '(FLAGS INTERNALDATE RFC822.SIZE RFC822.HEADER RFC822.TEXT)')
    await this.run('response', 'EXISTS')
    if (this.M.capabilities.includes('UNSELECT')) await this.run('unselect')
    else await this.run('close')
    for (const mailbox of [second, third]) {
      await this.run('delete', mailbox)
      this.made.delete(mailbox)
    }
  }

  private async inbox(): Promise<void> {
    await this.run('select', 'INBOX', true)
    await this.run('response', 'UIDVALIDITY')
    const [, uids] = await this.run('uid', 'SEARCH', 'ALL')
    const uid = ParseNumbers(uids as DataItem[]).at(-1)
    if (uid !== undefined)
      await this.run('uid', 'FETCH', String(uid), '(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])')
    await this.run('noop')
    await this.run('recent')
  }

  /** Where the user's own mailboxes are: `''` on most servers, `INBOX.` on some. */
  private async prefix(): Promise<string> {
    if (!this.M.capabilities.includes('NAMESPACE')) {
      this.skipped.push('namespace: the server does not have it')
      return ''
    }
    const [, data] = await this.run('namespace')
    const [first] = data
    const text = Buffer.isBuffer(first) ? first.toString('latin1') : ''
    return /^\(\("((?:[^"\\]|\\.)*)"/.exec(text)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? ''
  }

  private async run(name: keyof IMAP4 & string, ...args: unknown[]): Promise<[string, readonly unknown[]]> {
    this.print(`> ${name}(${args.map(argument).join(', ')})`)
    const method = this.M[name] as Call
    const result = await method.apply(this.M, args as never[])
    this.show(result)
    if (result[0] === 'NO') throw new TourFailure(`${name}: ${texts(result[1])}`)
    return result
  }

  private show([typ, data]: readonly [string, readonly unknown[]]): void {
    this.print(`  ${typ}`)
    for (const item of data) this.print(`    ${cut(shown(item))}`)
  }
}

const message = Buffer.from('From: selftest@localhost\nSubject: IMAP4 test\n\ndata...\n')

const argument = (value: unknown): string => {
  if (typeof value === 'string') return reprString(value)
  if (value instanceof Uint8Array) return value.length > 60 ? `<${value.length} bytes>` : reprBytes(value)
  if (value instanceof Date) return value.toISOString()
  if (value === null) return 'null'
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : '…'
}

const shown = (item: unknown): string => {
  if (item === null) return 'null'
  if (Array.isArray(item)) {
    const [header, literal] = item as [Uint8Array, Uint8Array]
    return `[${reprBytes(header)}, ${literal.length > 200 ? `<${literal.length} bytes>` : reprBytes(literal)}]`
  }
  return item instanceof Uint8Array ? reprBytes(item) : '…'
}

const cut = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)

const texts = (data: readonly unknown[]): string =>
  data.map((item) => (item instanceof Uint8Array ? Buffer.from(item).toString() : '')).join(' ')
