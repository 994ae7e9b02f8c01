import type { TestServer } from 'imap-test-servers'
import type { ImapClient, Mailbox } from 'imaplib'
import { expect } from 'vitest'

/** A client of a real server, what it has opened, and how another one is made. */
export interface Visit {
  readonly server: TestServer
  readonly user: string
  readonly client: ImapClient
  readonly inbox: Mailbox
  readonly connect: (user: string) => Promise<ImapClient>
  /** The TLS certificate says who the user is, whatever name is given. */
  readonly certified: boolean
}

export type Step = (visit: Visit) => Promise<void>

export const attachment = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7) & 0xff))

export const mail = (subject: string, more = ''): string =>
  [
    `From: Ann <ann@example.com>`,
    'To: bob@example.org',
    `Subject: ${subject}`,
    `Message-ID: <${subject}@example.com>`,
    `Date: Thu, 1 Jan 2026 12:00:00 +0000`,
    `${more}MIME-Version: 1.0`,
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Gr=C3=BC=C3=9Fe',
    '--b',
    'Content-Type: application/octet-stream',
    'Content-Disposition: attachment; filename=a.bin',
    'Content-Transfer-Encoding: base64',
    '',
    ...(attachment.toString('base64').match(/.{1,76}/g) ?? []),
    '--b--',
    '',
  ].join('\r\n')

/** Calls what needs an extension: with a result where the server has it, refused before anything is sent otherwise. */
export const offered = async <T>(
  { client }: Visit,
  capabilities: readonly string[],
  call: () => T | Promise<T>,
  check: (result: T) => void,
): Promise<void> => {
  if (capabilities.some((each) => client.capabilities.has(each))) check(await call())
  else await expect((async () => call())()).rejects.toMatchObject({ code: 'ECAPABILITY' })
}

/** Cyrus takes no URL with a port, Dovecot none of another one than its own. */
export const portOf = (server: TestServer) => (server.name.startsWith('Cyrus') ? {} : { port: server.port })
