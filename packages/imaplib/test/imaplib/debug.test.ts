import { afterEach, describe, expect, test, vi } from 'vitest'
import { scriptedServer } from 'imap-test-servers'
import { IMAP4, settings } from 'imaplib'

/** What goes to the standard error output, without the times, and with the tags' prefix as `T`. */
const watched = () => {
  const lines: string[] = []
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(
      ...String(text)
        .trimEnd()
        .split('\n')
        .map((line) =>
          line.replace(/^ {2}\d\d:\d\d\.\d\d /, '').replaceAll(/\b(?!IMAP[4 ])[B-P][A-P]{3}(?=\d|$)/g, 'T'),
        ),
    )
    return true
  })
  return { lines, restore: () => write.mockRestore() }
}

afterEach(() => vi.restoreAllMocks())

const session = async (debug: number): Promise<string[]> => {
  const { lines, restore } = watched()
  await using server = await scriptedServer({
    capabilities: ['IMAP4rev1', 'AUTH=PLAIN'],
    handlers: {
      LIST: ['* LIST () "/" {1}\r\na', '$tag NO no more'],
      AUTHENTICATE: async ({ send, readLine }) => {
        await send('+ ')
        await readLine()
        await send('$tag OK [CAPABILITY IMAP4rev1] in')
      },
    },
  })
  const M = await IMAP4.connect(server.host, server.port, { debug })
  await M.login_plain('user', 'hunter2')
  await M.list()
  await M.noop()
  await M.logout()
  restore()
  return lines
}

describe('debug', () => {
  test('0 says nothing', async () => {
    expect(await session(0)).toEqual([])
  })

  test('1 tells of the connection, and of NO and BYE', async () => {
    expect(await session(1)).toEqual([
      'new IMAP4 connection, tag=T',
      "NO response: b'no more'",
      "BYE response: b'logging out'",
    ])
  })

  test('3 adds capabilities and the store', async () => {
    expect(await session(3)).toEqual([
      'new IMAP4 connection, tag=T',
      "CAPABILITIES: ['IMAP4REV1', 'AUTH=PLAIN']",
      "CAPABILITIES: ['IMAP4REV1']",
      "NO response: b'no more'",
      'untagged responses dump:',
      "\t\tCAPABILITY: [b'IMAP4rev1']",
      '\t\tNO: []'.replace('NO: []', "LIST: [(b'() \"/\" {1}', b'a'), b'']"),
      "BYE response: b'logging out'",
    ])
  })

  test('4 adds each line, secrets masked', async () => {
    const lines = await session(4)
    expect(lines).toContain("> b'T0 AUTHENTICATE PLAIN'")
    expect(lines).toContain("< b'+ '")
    expect(lines).toContain('write literal size 20')
    expect(lines).toContain('< b\'* LIST () "/" {1}\'')
    expect(lines).toContain('read literal size 1')
    expect(lines).toContain("< b'T1 NO no more'")
    expect(lines.join('\n')).not.toContain(Buffer.from('\0user\0hunter2').toString('base64'))
  })

  test('5 adds how lines were taken apart, and changes of the store', async () => {
    const lines = await session(5)
    expect(lines).toContain("\tmatched tagged => ['NO', b'no more']")
    expect(lines).toContain("untagged_responses[LIST] += [(b'() \"/\" {1}', b'a'), b'']")
  })

  test('the password of LOGIN is masked, in the ring of the last lines too', async () => {
    await using server = await scriptedServer({ handlers: { LOGIN: '* ok what?' } })
    const { lines, restore } = watched()
    const M = await IMAP4.connect(server.host, server.port, { debug: 1 })
    await expect(M.login('user', 'hunter2')).rejects.toThrow(IMAP4.abort)
    restore()
    expect(lines[1]).toBe('last 2 IMAP4 interactions:')
    expect(lines[2]).toMatch(/^< \* OK b'\[CAPABILITY /)
    expect(lines[3]).toBe("> b'T0 LOGIN user [secret]'")
    await M.shutdown()
  })

  test('what xatom logs in with is masked too', async () => {
    await using server = await scriptedServer()
    const { lines, restore } = watched()
    const M = await IMAP4.connect(server.host, server.port, { debug: 4 })
    await M.xatom('AUTHENTICATE', 'PLAIN', 'aHVudGVyMg==')
    await M.xatom('login', 'user', 'hunter2')
    restore()
    expect(lines).toContain("> b'T0 AUTHENTICATE PLAIN [secret]'")
    expect(lines).toContain("> b'T1 LOGIN user [secret]'")
    expect(lines.join()).not.toMatch(/hunter2|aHVudGVyMg/)
    await M.shutdown()
  })

  test('the ring has ten lines', async () => {
    await using server = await scriptedServer()
    const M = await IMAP4.connect(server.host, server.port)
    for (let i = 0; i < 8; i += 1) await M.noop()
    const { lines, restore } = watched()
    M.print_log()
    restore()
    expect(lines[0]).toBe('last 10 IMAP4 interactions:')
    expect(lines.slice(1)).toEqual([3, 4, 5, 6, 7].flatMap((i) => [`> b'T${i} NOOP'`, `< T${i} OK b'NOOP completed'`]))
    await M.shutdown()
  })

  test('settings.Debug is what a new instance begins with', () => {
    settings.Debug = 2
    expect(new IMAP4().debug).toBe(2)
    settings.Debug = 0
    const M = new IMAP4('', 143, { debug: 3 })
    expect(M.debug).toBe(3)
    M.debug = 0
    expect(M.debug).toBe(0)
  })

  test('trace: lines in both directions, secrets masked', async () => {
    await using server = await scriptedServer({ capabilities: ['IMAP4rev1'] })
    const lines: string[] = []
    const M = await IMAP4.connect(server.host, server.port, {
      trace: (direction, line) => lines.push(`${direction} ${line.replaceAll(M_TAG, 'T')}`),
    })
    await M.login('user', 'hunter2')
    await M.append('x', null, null, 'body').catch(() => {})
    await M.shutdown()
    expect(lines.slice(0, 3)).toEqual([
      'received * OK [CAPABILITY IMAP4rev1] ready',
      'sent T0 LOGIN user [secret]',
      'received T0 OK LOGIN completed',
    ])
    expect(lines).toContain('sent <4 octets>')
  })
})

const M_TAG = /\b(?!IMAP4)[B-P][A-P]{3}(?=\d)/g
