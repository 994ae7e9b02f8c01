import { scriptedServer } from 'imap-test-servers'
import { describe, expect, it } from 'vitest'
import { connectTo } from './mail-server.ts'

/** Names that LIST tells must name the same mailbox when they are sent back, however odd (faults: 45). */
describe('mailbox names go back as they came', () => {
  it.each([
    ['plain', 'Archive'],
    ['modified UTF-7', 'Entw&APw-rfe'],
    ['an ampersand, written right', 'A&-B'],
    ['an ampersand, written wrong', 'A&B'],
    ['a shift without an end', 'A&APw'],
    ['a superfluous shift', 'A&AEE-'],
    ['half a surrogate', 'A&2D0-B'],
    ['raw UTF-8', Buffer.from('Entwürfe').toString('latin1')],
    ['raw latin1', 'Entw\xfcrfe'],
    ['brackets and spaces', '[Gmail]/All Mail (1)'],
    ['a name of the prototype', '__proto__'],
    ['another', 'constructor'],
  ])('%s', async (_name, raw) => {
    const literal = Buffer.concat([
      Buffer.from(`* LIST () "/" {${raw.length}}\r\n`),
      Buffer.from(raw, 'latin1'),
      Buffer.from('\r\n'),
    ])
    let received: Buffer | null = null
    await using server = await scriptedServer({
      capabilities: ['IMAP4rev1', 'AUTH=PLAIN', 'LITERAL+'],
      handlers: {
        LIST: [literal, '$tag OK listed'],
        LSUB: '$tag OK none',
        DELETE: ({ args, literals }) => {
          received = literals[0] ?? Buffer.from(args.replace(/^"(.*)"$/, '$1'), 'latin1')
          return '$tag OK gone'
        },
      },
    })
    // On two connections, since what one has listed the other must know.
    await using client = await connectTo(server)
    const [mailbox] = await client.list()
    await client.delete(mailbox?.name ?? '')
    expect((received as Buffer | null)?.toString('latin1')).toBe(raw)
  })
})
