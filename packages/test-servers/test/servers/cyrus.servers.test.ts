import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startCyrus } from '../../src/cyrus.ts'
import { orSkipped } from '../../src/server-unavailable.ts'
import { dial, dialTls } from '../socket-client.ts'

describe.each([
  ['forky', 'IMAP4rev2 UIDONLY PARTIAL REPLACE MULTISEARCH JMAPACCESS INPROGRESS OBJECTID NOTIFY'],
  ['bookworm', 'OBJECTID ANNOTATE-EXPERIMENT-1 LIST-MYRIGHTS CREATE-SPECIAL-USE'],
] as const)('Cyrus of Debian %s', (suite, extensions) => {
  it('serves users, in the clear and in TLS, and pushes to IDLE', async (context) => {
    const server = await orSkipped(startCyrus({ suite }))
    if (server === undefined) return context.skip()
    await using _ending = server
    const user = server.user()
    using client = await dial(server)
    expect(await client.readLine()).toContain('Cyrus IMAP 3.')
    expect((await client.command(`a LOGIN ${user} secret`)).at(-1)).toMatch(/^a OK/)
    const [line = ''] = await client.command('b CAPABILITY')
    expect(line.split(' ')).toEqual(expect.arrayContaining(extensions.split(' ')))
    expect((await client.command('c SELECT INBOX')).at(-1)).toMatch(/^c OK \[READ-WRITE\]/)
    expect(await client.command('d IDLE')).toEqual(['+ idling'])

    using other = await dialTls({ ...server, port: server.tlsPort }, await server.authority.client('alice'))
    expect(await other.readLine()).toContain('AUTH=EXTERNAL')
    expect((await other.command('a AUTHENTICATE EXTERNAL =')).at(-1)).toMatch(/^a OK/)
    using second = await dial(server)
    await second.readLine()
    await second.command(`a LOGIN ${user} secret`)
    second.write('b APPEND INBOX {15+}\r\nSubject: x\r\n\r\nx\r\n')
    expect(await client.readLine()).toBe('* 1 EXISTS')

    await server.stop()
    expect(existsSync(server.folder)).toBe(false)
    expect(existsSync(`/proc/${server.pid}`)).toBe(false)
  })
})
