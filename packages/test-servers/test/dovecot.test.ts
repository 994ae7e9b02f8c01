import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DovecotServer, startDovecot } from '../src/dovecot.ts'
import { dial, dialTls } from './socket-client.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Processes that have the folder in their command line or as their working directory. */
const processesIn = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => `${pid} ${contents(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
    .filter((line) => line.includes(folder))

const contents = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

describe('a Dovecot of our own', () => {
  let server: DovecotServer
  beforeAll(async () => {
    server = await startDovecot()
  })
  afterAll(async () => await server.stop())

  const loggedIn = async (user: string) => {
    const client = await dial(server)
    await client.readLine()
    expect((await client.command(`a LOGIN ${user} secret`)).at(-1)).toMatch(/^a OK/)
    return client
  }

  it('has every extension of Dovecot 2.3', async () => {
    using client = await loggedIn('alice')
    const [line = ''] = await client.command('b CAPABILITY')
    const wanted =
      'ACL BINARY CATENATE COMPRESS=DEFLATE CONDSTORE CONTEXT=SEARCH ENABLE ESEARCH ESORT ID IDLE IMAP4rev1 LIST-EXTENDED ' +
      'LIST-STATUS LITERAL+ METADATA MOVE MULTIAPPEND NAMESPACE NOTIFY PREVIEW QRESYNC QUOTA SAVEDATE SEARCHRES SORT ' +
      'SORT=DISPLAY SPECIAL-USE STATUS=SIZE THREAD=ORDEREDSUBJECT THREAD=REFERENCES THREAD=REFS UIDPLUS UNSELECT URLAUTH WITHIN'
    expect(line.split(' ')).toEqual(expect.arrayContaining(wanted.split(' ')))
    const [spaces = ''] = await client.command('c NAMESPACE')
    expect(spaces).toBe('* NAMESPACE (("" "/")("Virtual/" "/")) (("Other/" "/")) (("Public/" "/"))')
  })

  it('takes every mechanism for users that came after it had started', async () => {
    const user = server.user()
    expect(server.user()).not.toBe(user)
    using plain = await loggedIn(user)
    expect((await plain.command('b STATUS INBOX (MESSAGES)'))[0]).toBe('* STATUS INBOX (MESSAGES 0)')

    using cram = await dial(server)
    expect(await cram.readLine()).toMatch(
      /AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 AUTH=DIGEST-MD5 AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256 AUTH=EXTERNAL AUTH=ANONYMOUS AUTH=OAUTHBEARER AUTH=XOAUTH2/,
    )
    const [challenge = ''] = await cram.command('a AUTHENTICATE CRAM-MD5')
    const digest = createHmac('md5', server.password)
      .update(Buffer.from(challenge.slice(2), 'base64'))
      .digest('hex')
    cram.write(`${base64(`${user} ${digest}`)}\r\n`)
    expect(await cram.readLine()).toMatch(/^a OK/)

    using nobody = await dial(server)
    await nobody.readLine()
    expect((await nobody.command('a LOGIN nobody secret')).at(-1)).toMatch(/^a NO \[AUTHENTICATIONFAILED\]/)
    expect((await nobody.command(`b LOGIN ${user} wrong`)).at(-1)).toMatch(/^b NO \[AUTHENTICATIONFAILED\]/)

    for (const [token, answer] of [
      [server.token(user), /^a OK/],
      [server.token('other'), /^a NO|^\+/],
      ['nonsense', /^\+ /],
    ] as const) {
      using client = await dial(server)
      await client.readLine()
      const response = base64(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`)
      expect((await client.command(`a AUTHENTICATE XOAUTH2 ${response}`)).at(-1)).toMatch(answer)
    }

    using external = await dialTls({ ...server, port: server.tlsPort }, await server.authority.client(user))
    await external.readLine()
    expect((await external.command('a AUTHENTICATE EXTERNAL =')).at(-1)).toMatch(/^a OK/)
  })

  it('says LOGINDISABLED on its insecure address until TLS', async () => {
    using client = await dial({ ...server, host: server.insecureHost })
    expect(await client.readLine()).toContain(' LOGINDISABLED')
    expect((await client.command('a LOGIN alice secret')).at(-1)).toMatch(/^a NO \[PRIVACYREQUIRED\]/)
    await client.command('b STARTTLS')
    using secure = await client.upgrade(server.ca)
    expect((await secure.command('c LOGIN alice secret')).at(-1)).toMatch(/^c OK/)
  })

  it('limits what a user may store, and refers a user elsewhere', async () => {
    using small = await loggedIn(server.user({ quota: 1000 }))
    expect((await small.command('b APPEND INBOX {2000}')).at(-1)).toMatch(/^b NO \[OVERQUOTA\]/)
    const referred = server.user({ fields: 'nologin=y host=other.example reason=Try_there' })
    using client = await dial(server)
    await client.readLine()
    expect((await client.command(`a LOGIN ${referred} secret`)).at(-1)).toContain('[REFERRAL imap://')
  })

  it.each(['argv', 'shell'] as const)('greets a child process with PREAUTH (%s)', (form) => {
    const user = server.user()
    const [program = '', ...args] =
      form === 'argv' ? server.preauthCommand(user) : ['sh', '-c', server.preauthShellCommand(user)]
    const child = spawnSync(program, args, { input: 'a SELECT INBOX\r\nb LOGOUT\r\n', encoding: 'utf8' })
    expect(child.stdout).toMatch(new RegExp(`^\\* PREAUTH .* Logged in as ${user}\r\n`))
    expect(child.stdout).toMatch(/^a OK \[READ-WRITE\]/m)
    expect(child.stdout).toMatch(/^b OK/m)
  })

  it('tells what went wrong when it cannot start, and leaves nothing', async () => {
    await expect(startDovecot({ extraConfig: 'no_such_setting = yes' })).rejects.toThrow('no_such_setting')
  })
})

describe('the options of a Dovecot', () => {
  it('announces what it is told, shows another certificate, stores in sdbox, records', async () => {
    await using server = await startDovecot({
      capability: 'IMAP4rev1',
      certificate: 'expired',
      mailbox: 'sdbox',
      rawlog: true,
      users: ['dave'],
      extraConfig: 'login_greeting = Hello from a test.',
    })
    await expect(dialTls({ ...server, port: server.tlsPort })).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' })
    using client = await dial(server)
    expect(await client.readLine()).toMatch(/^\* OK \[CAPABILITY IMAP4rev1\b.*\] Hello from a test\.$/)
    await client.command('a LOGIN dave secret')
    expect((await client.command('b CAPABILITY'))[0]).toBe('* CAPABILITY IMAP4rev1')
    await client.command('c CREATE marked')
    await client.command('d LOGOUT')
    expect(statSync(`${server.home('dave')}/sdbox`).isDirectory()).toBe(true)
    const logs = readdirSync(server.rawlogFolder('dave')).filter((name) => name.endsWith('.in'))
    expect(logs).toHaveLength(1)
    expect(contents(`${server.rawlogFolder('dave')}/${logs[0]}`)).toContain('c CREATE marked')
    expect(server.log()).toContain('user=<dave>')
  })
})

describe('the end of a Dovecot', () => {
  it('leaves no process and no folder, with connections open', async () => {
    const server = await startDovecot()
    using client = await dial(server)
    await client.readLine()
    await client.command('a LOGIN alice secret')
    expect(processesIn(server.folder).length).toBeGreaterThan(0)
    await Promise.all([server.stop(), server.stop()])
    expect(existsSync(server.folder)).toBe(false)
    expect(processesIn(server.folder)).toEqual([])
    expect(existsSync(`/proc/${server.pid}`)).toBe(false)
  })

  it('comes too when the process that started it is killed', async () => {
    // A process of its own, which needs the built package.
    const root = fileURLToPath(new URL('../../..', import.meta.url))
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/test-servers'], { cwd: root })
    const script = `
      const { startDovecot } = await import('imap-test-servers')
      const server = await startDovecot()
      console.log(server.folder)
      setInterval(() => undefined, 1000)
    `
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [chunk] = (await once(owner.stdout, 'data')) as [Buffer]
    const folder = chunk.toString().trim()
    expect(existsSync(folder)).toBe(true)
    owner.kill('SIGKILL')
    await expect.poll(() => existsSync(folder) || processesIn(folder).length > 0, { timeout: 20_000 }).toBe(false)
  })
})
