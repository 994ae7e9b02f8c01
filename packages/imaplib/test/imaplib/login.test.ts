import { scriptedServer } from 'imap-test-servers'
import { describe, expect, test } from 'vitest'
import { IMAP4 } from 'imaplib'
import { inspect } from 'node:util'
import { xoauth2 } from '../../src/sasl/xoauth2.ts'
import { Secret } from '../../src/wire/secret.ts'
import { type Both, bothWays, commandsOf, lastOf, texts } from './both-ways.ts'

const login = (answer: string[] = ['$tag OK LOGIN completed']): Both => ({ handlers: { LOGIN: answer } })

describe('login', () => {
  bothWays('the user is quoted if need be, the password always', login(), async (M, server) => {
    expect(texts(await M.login('user', 'pass'))).toEqual(['OK', ['LOGIN completed']])
    expect(M.state).toBe('AUTH')
    expect(commandsOf(server)).toEqual(['LOGIN user "pass"'])
  })

  for (const [user, password, wire] of [
    ['us*r', 'p%ss', '"us*r" "p%ss"'],
    ['"user"', '"pass"', '"user" "\\"pass\\""'],
    ['a b', 'x\\y', '"a b" "x\\\\y"'],
    ['', '', '"" ""'],
  ] as const)
    bothWays(`login ${user} ${password}`, login(), async (M, server) => {
      await M.login(user, password)
      expect(commandsOf(server)).toEqual([`LOGIN ${wire}`])
    })

  bothWays('NO is an error with the text of the server', login(['$tag NO [AUTHENTICATIONFAILED] wrong']), async (M) => {
    await expect(M.login('user', 'x')).rejects.toMatchObject({
      name: 'IMAP4.error',
      message: '[AUTHENTICATIONFAILED] wrong',
      code: 'EAUTH',
      responseCode: 'AUTHENTICATIONFAILED',
    })
    expect(M.state).toBe('NONAUTH')
  })

  bothWays('what LOGIN cannot carry is refused, and not shown', login(), async (M, server) => {
    const failure = await M.login('user', 'hünter2').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RangeError)
    expect(inspect(failure)).not.toContain('nter2')
    await expect(M.login('üser', 'x')).rejects.toThrow(RangeError)
    await expect(M.login('user', 'a\r\nb')).rejects.toThrow(RangeError)
    expect(server.lines).toEqual([])
    await M.login('user', new Secret('pass'))
    expect(commandsOf(server)).toEqual(['LOGIN user "pass"'])
  })

  bothWays(
    'capabilities told with the OK are taken, and stay readable',
    login(['* CAPABILITY IMAP4rev1 ENABLE', '$tag OK x']),
    async (M, server) => {
      await M.login('user', 'pass')
      expect(M.capabilities).toEqual(['IMAP4REV1', 'ENABLE'])
      expect(server.lines).toHaveLength(1)
      expect(texts(await M.response('CAPABILITY'))).toEqual(['CAPABILITY', ['IMAP4rev1 ENABLE']])
    },
  )

  bothWays('as a code too', login(['$tag OK [CAPABILITY IMAP4rev1 MOVE] x']), async (M, server) => {
    await M.login('user', 'pass')
    expect(M.capabilities).toEqual(['IMAP4REV1', 'MOVE'])
    expect(server.lines).toHaveLength(1)
  })

  test('otherwise they are asked for', async () => {
    let asked = 0
    await using server = await scriptedServer({
      greeting: '* OK hello',
      handlers: {
        CAPABILITY: () => [`* CAPABILITY IMAP4rev1 ${asked++ === 0 ? 'LOGINDISABLED' : 'ENABLE'}`, '$tag OK x'],
      },
    })
    const M = await IMAP4.connect(server.host, server.port)
    expect(M.capabilities).toContain('LOGINDISABLED')
    await M.login('u', 'p')
    expect(M.capabilities).toEqual(['IMAP4REV1', 'ENABLE'])
    await M.shutdown()
  })

  test('a server that does not answer that keeps the login', async () => {
    await using server = await scriptedServer({ handlers: { CAPABILITY: '$tag BAD never' } })
    const M = await IMAP4.connect(server.host, server.port)
    expect(texts(await M.login('u', 'p'))).toEqual(['OK', ['LOGIN completed']])
    expect(M.capabilities).toContain('IMAP4REV1')
    await M.shutdown()
  })
})

const authenticate = (finish: (reply: string) => string, challenge = '+ '): Both => ({
  handlers: {
    AUTHENTICATE: async ({ send, readLine }) => {
      await send(challenge)
      await send(finish(await readLine()))
    },
  },
})

describe('authenticate', () => {
  for (const answer of ['fake', Buffer.from('fake')])
    bothWays(
      `a reply of ${typeof answer}`,
      authenticate(() => '$tag OK done'),
      async (M, server) => {
        const challenges: Buffer[] = []
        expect(texts(await M.authenticate('myauth', (challenge) => (challenges.push(challenge), answer)))).toEqual([
          'OK',
          ['done'],
        ])
        expect(M.state).toBe('AUTH')
        expect(challenges).toEqual([Buffer.alloc(0)])
        expect(commandsOf(server)).toEqual(['AUTHENTICATE MYAUTH', 'ZmFrZQ=='])
      },
    )

  bothWays(
    'a challenge is decoded, a promise awaited, an empty reply an empty line',
    authenticate(() => '$tag OK done', '+ aGVsbG8='),
    async (M, server) => {
      await M.authenticate('X', async (challenge) => {
        expect(challenge.toString()).toBe('hello')
        return ''
      })
      expect(commandsOf(server)).toEqual(['AUTHENTICATE X', ''])
    },
  )

  bothWays(
    'a long reply is one line',
    authenticate(() => '$tag OK done'),
    async (M, server) => {
      await M.authenticate('X', () => 'x'.repeat(5000))
      expect(lastOf(server)).toBe(Buffer.from('x'.repeat(5000)).toString('base64'))
    },
  )

  bothWays(
    'refused at once',
    { handlers: { AUTHENTICATE: '$tag NO unrecognized authentication type METHOD' } },
    async (M) => {
      await expect(M.authenticate('METHOD', () => 'x')).rejects.toMatchObject({
        name: 'IMAP4.error',
        message: 'unrecognized authentication type METHOD',
        code: 'EAUTH',
      })
    },
  )

  bothWays(
    'refused after the reply',
    authenticate(() => '$tag NO [AUTHENTICATIONFAILED] invalid'),
    async (M) => {
      await expect(M.authenticate('X', () => 'x')).rejects.toThrow('[AUTHENTICATIONFAILED] invalid')
      expect(M.state).toBe('NONAUTH')
    },
  )

  bothWays(
    'given up with null',
    authenticate((reply) => (reply === '*' ? '$tag NO [AUTHENTICATIONFAILED] aborted' : '$tag OK')),
    async (M) => {
      await expect(M.authenticate('X', () => null)).rejects.toThrow('[AUTHENTICATIONFAILED] aborted')
    },
  )

  bothWays(
    'a callback that throws gives up, and the connection can go on',
    authenticate((reply) => (reply === '*' ? '$tag BAD aborted' : '$tag OK')),
    async (M) => {
      await expect(M.authenticate('X', () => Promise.reject(new Error('no token')))).rejects.toThrow('no token')
      expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
    },
  )

  bothWays(
    'a mechanism of this library',
    authenticate(() => '$tag OK done'),
    async (M, server) => {
      await M.authenticate(xoauth2('user', 'token'))
      expect(commandsOf(server)).toEqual([
        'AUTHENTICATE XOAUTH2',
        Buffer.from('user=user\x01auth=Bearer token\x01\x01').toString('base64'),
      ])
    },
  )

  bothWays(
    'CRAM-MD5',
    authenticate(
      (reply) => (reply === 'dGltIGYxY2E2YmU0NjRiOWVmYTFjY2E2ZmZkNmNmMmQ5ZjMy' ? '$tag OK done' : '$tag NO no'),
      '+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ=',
    ),
    async (M, server) => {
      expect(texts(await M.login_cram_md5('tim', Buffer.from('tanstaaftanstaaf')))).toEqual(['OK', ['done']])
      expect(commandsOf(server)[0]).toBe('AUTHENTICATE CRAM-MD5')
      expect(M.user).toBe('tim')
      expect(M.password?.toString()).toBe('tanstaaftanstaaf')
      expect(inspect(M)).not.toContain('tanstaaf')
    },
  )

  for (const [user, password, wire] of [
    ['prem', 'pass', 'AHByZW0AcGFzcw=='],
    ['pręm', 'żółć', 'AHByxJltAMW8w7PFgsSH'],
    [Buffer.from('pręm'), Buffer.from('żółć'), 'AHByxJltAMW8w7PFgsSH'],
  ] as const)
    bothWays(
      `PLAIN as ${user.toString()}`,
      authenticate(() => '$tag OK done'),
      async (M, server) => {
        await M.login_plain(user, password)
        expect(commandsOf(server)).toEqual(['AUTHENTICATE PLAIN', wire])
      },
    )

  bothWays(
    'PLAIN refuses NUL',
    authenticate(() => '$tag OK done'),
    async (M, server) => {
      await expect(M.login_plain('user\0', 'pass')).rejects.toThrow(RangeError)
      await expect(M.login_plain('user', Buffer.from('pa\0ss'))).rejects.toThrow(RangeError)
      expect(server.lines).toEqual([])
    },
  )
})
