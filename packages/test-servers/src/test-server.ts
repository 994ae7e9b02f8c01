import type { Authority } from './certificates.ts'

/** What every real server of this package has in common. */
export interface TestServer extends AsyncDisposable {
  /** What runs, for messages: `Dovecot 2.3.19.1`. */
  readonly name: string
  readonly host: string
  /** IMAP, with STARTTLS. */
  readonly port: number
  /** IMAP inside TLS from the first byte. */
  readonly tlsPort: number
  /** The authority that signed the server's certificate, as PEM text and as a file. */
  readonly ca: string
  readonly caFile: string
  readonly authority: Authority
  /** The password of every user. */
  readonly password: string
  readonly pid: number
  /** The folder with all that the server has; gone after `stop`. */
  readonly folder: string
  /** A new user, with an empty account, whose name nobody has had. */
  readonly user: () => string
  /** The last lines of the server's logs. */
  readonly log: (lines?: number) => string
  /** Ends the server and removes its folder. Also happens when the process ends, in whatever way, or at the end of `await using`. */
  readonly stop: () => Promise<void>
}
