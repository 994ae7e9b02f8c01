/** What comes before a block that is only a part of a program. */
export const frames: ReadonlyMap<string, string> = new Map([
  ['none', ''],
  [
    'client',
    `import * as imaplib from 'imaplib'
await using client = await imaplib.ImapClient.connect({ host: 'mail.example', auth: { user: 'me', password: 'secret' } })
`,
  ],
  [
    'inbox',
    `import * as imaplib from 'imaplib'
await using client = await imaplib.ImapClient.connect({ host: 'mail.example', auth: { user: 'me', password: 'secret' } })
await using inbox = await client.open('INBOX')
`,
  ],
  [
    'python',
    `import * as imaplib from 'imaplib'
await using M = await imaplib.IMAP4_SSL.connect('mail.example')
await M.login('me', 'secret')
await M.select()
`,
  ],
])
