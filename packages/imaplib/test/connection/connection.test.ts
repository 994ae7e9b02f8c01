import { describe, expect, it } from 'vitest'
import type { ImapError } from '../../src/errors/imap-error.ts'
import { greeted, Peer, Probe, settled } from './scripted-peer.ts'

describe('greeting (faults: 14, 17)', () => {
  it.each([
    ['* OK ready\r\n', 'OK', 'ready'],
    ['* ok ready\r\n', 'OK', 'ready'],
    ['* OK\r\n', 'OK', ''],
    ['* OK [CAPABILITY IMAP4rev1] x\r\n', 'OK', 'x'],
    ['* PREAUTH in\r\n', 'PREAUTH', 'in'],
    ['*  OK two spaces\r\n', 'OK', 'two spaces'],
    ['\r\n* OK after a blank line\r\n', 'OK', 'after a blank line'],
  ])('%j', async (wire, status, text) => {
    const peer = new Peer()
    await peer.say(wire)
    const line = await peer.connection.greeting
    expect([line.status, line.text]).toEqual([status, text])
  })

  it.each([
    ['* NO go away\r\n', 'EGREETING'],
    ['* BAD go away\r\n', 'EGREETING'],
    ['A1 OK tagged\r\n', 'EGREETING'],
    ['+ go on\r\n', 'EGREETING'],
    ['HTTP/1.1 400 Bad Request\r\n', 'EGREETING'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'EGREETING'],
    ['* BYE full\r\n', 'EBYE'],
    ['\x15\x03\x01\0\x02\x02\n', 'EPROTOCOL'],
    [`* OK ${'x'.repeat(70_000)}\r\n`, 'ELIMIT'],
    [`${'x'.repeat(70_000)}`, 'ELIMIT'],
  ])('%j is none', async (wire, code) => {
    const peer = new Peer()
    await peer.say(wire)
    await expect(peer.connection.greeting).rejects.toMatchObject({ code })
    expect(peer.closings).toBe(1)
  })

  it('shows an excerpt of what came, control characters made visible', async () => {
    const peer = new Peer()
    await peer.say(`HTTP \x1b[2J${'y'.repeat(500)}\r\n`)
    const error = await peer.connection.greeting.catch((e: ImapError) => e)
    expect((error as ImapError).message).toContain('HTTP \\x1b[2J')
    expect((error as ImapError).message.length).toBeLessThan(250)
  })

  it('that does not come is a time-out; an end instead of it is told', async () => {
    const silent = new Peer({ greetingTimeout: 5 })
    await expect(silent.connection.greeting).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    const gone = new Peer()
    gone.end()
    await expect(gone.connection.greeting).rejects.toMatchObject({ code: 'EGREETING' })
  })

  it('a second one is a response like any other', async () => {
    const peer = new Peer()
    await peer.say('* OK a\r\n* OK b\r\n')
    expect(peer.untagged).toEqual(['* OK b'])
    expect(peer.connection.closed).toBe(false)
  })
})

describe('tags', () => {
  it('cannot be guessed and begin with a letter', async () => {
    const prefixes = new Set<string>()
    for (let i = 0; i < 20; i += 1) {
      const peer = await greeted()
      peer.run(new Probe('NOOP'))
      await settled()
      expect(peer.raw).toMatch(/^[A-Z]{6}1 NOOP\r\n$/)
      prefixes.add(peer.raw.slice(0, 6))
    }
    expect(prefixes.size).toBe(20)
  })

  it('59: an OK for a tag that was never issued is fatal', async () => {
    const peer = await greeted()
    const probe = new Probe('NOOP')
    peer.run(probe)
    await settled()
    await peer.say('ZZZZZZ9 OK done\r\n')
    expect(probe.outcome).toBe('EPROTOCOL')
    expect(peer.endedWith?.code).toBe('EPROTOCOL')
  })

  it('60: so is one for a command that has not been sent, or not in full', async () => {
    const peer = await greeted()
    const literal = new Probe('X', 'free', (out) => void out.atom('X').literal(Buffer.alloc(5000, 'a')))
    const queued = new Probe('NOOP')
    peer.run(literal, queued)
    await settled()
    await peer.say('$1 OK done\r\n')
    expect(literal.outcome).toBe('EPROTOCOL')
    expect(queued.outcome).toBe('ECLOSED')
    expect(queued.sent).toBe(false)
  })

  it('61: a second OK is fatal, and the first counts', async () => {
    const peer = await greeted()
    const probe = new Probe('NOOP')
    peer.run(probe)
    await settled()
    await peer.say('$1 OK done\r\n$1 OK done\r\n')
    expect(probe.outcome).toBe('OK')
    expect(probe.fates).toBe(1)
    expect(peer.endedWith?.code).toBe('EPROTOCOL')
  })

  it('62: out of order they are matched all the same', async () => {
    const peer = await greeted()
    const probes = ['A', 'B', 'C'].map((name) => new Probe(name))
    peer.run(...probes)
    await settled()
    await peer.say('$3 OK c\r\n$1 NO a\r\n$2 BAD b\r\n')
    expect(probes.map((probe) => probe.outcome)).toEqual(['NO', 'BAD', 'OK'])
  })

  it.each(['BYE', 'PREAUTH', 'MAYBE'])('63: a tagged %s is fatal', async (status) => {
    const peer = await greeted()
    const probe = new Probe('NOOP')
    peer.run(probe)
    await settled()
    await peer.say(`$1 ${status} x\r\n`)
    expect(probe.outcome).toBe('EPROTOCOL')
  })

  it('64: an untagged NO or BAD completes nothing', async () => {
    const peer = await greeted()
    const probe = new Probe('NOOP')
    peer.run(probe)
    await settled()
    await peer.say('* NO x\r\n* BAD y\r\n')
    expect(probe.outcome).toBeNull()
    expect(peer.untagged).toEqual(['* NO x', '* BAD y'])
    await peer.say('$1 OK\r\n')
    expect(probe.outcome).toBe('OK')
  })

  it('a BAD without tag or asterisk means the only command there is', async () => {
    const peer = await greeted()
    const probe = new Probe('STARTTLS')
    peer.run(probe)
    await settled()
    await peer.say('BAD what?\r\n')
    expect(probe.fate).toMatchObject({ status: 'BAD', text: 'what?' })
  })
})

describe('continuations', () => {
  it('65: one that nothing waits for is fatal', async () => {
    const peer = await greeted()
    await peer.say('+ go on\r\n')
    expect(peer.endedWith?.code).toBe('EPROTOCOL')
  })

  it('66: so is a second one after a literal', async () => {
    const peer = await greeted()
    const probe = new Probe('X', 'free', (out) => void out.atom('X').literal(Buffer.alloc(5000, 'a')))
    peer.run(probe)
    await settled()
    await peer.say('+ go\r\n+ go\r\n')
    expect(probe.outcome).toBe('EPROTOCOL')
  })

  it('67: a NO instead of it: the rest is not sent, the next command is', async () => {
    const peer = await greeted()
    const probe = new Probe('X', 'free', (out) => void out.atom('X').literal(Buffer.alloc(5000, 'a')).atom('REST'))
    const next = new Probe('NOOP')
    peer.run(probe, next)
    await settled()
    expect(peer.lines).toEqual(['$1 X {5000}'])
    await peer.say('$1 NO [TOOBIG] no\r\n')
    expect(probe.fate).toMatchObject({ status: 'NO', code: 'TOOBIG', text: 'no' })
    expect(peer.lines).toEqual(['$1 X {5000}', '$2 NOOP'])
  })

  it('commands wait behind a literal that waits', async () => {
    const peer = await greeted()
    const a = new Probe('A', 'free', (out) => void out.atom('A').literal(Buffer.alloc(5000, 'a')).atom('END'))
    const b = new Probe('B')
    peer.run(a, b)
    await settled()
    expect(peer.lines).toEqual(['$1 A {5000}'])
    await peer.say('+ \r\n')
    expect(peer.lines).toEqual(['$1 A {5000}', `${'a'.repeat(5000)} END`, '$2 B'])
  })

  it('100: a literal of up to 4096 octets goes without waiting under LITERAL-, any under LITERAL+', async () => {
    const peer = await greeted()
    peer.run(new Probe('A', 'free', (out) => void out.atom('A').literal(Buffer.alloc(4096, 'a'))))
    await settled()
    expect(peer.lines[0]).toBe('$1 A {4096+}')
    await peer.say('* CAPABILITY IMAP4rev1 LITERAL+\r\n$1 OK\r\n')
    peer.run(new Probe('B', 'free', (out) => void out.atom('B').literal(Buffer.alloc(5000, 'a'))))
    await settled()
    expect(peer.lines[2]).toBe('$2 B {5000+}')
    await peer.say('* CAPABILITY IMAP4rev1\r\n$2 OK\r\n')
    peer.run(new Probe('C', 'free', (out) => void out.atom('C').literal(Buffer.from('a'))))
    await settled()
    expect(peer.lines[4]).toBe('$3 C {1}')
  })

  it('of an exchange are answered, and after its end no more', async () => {
    const peer = await greeted()
    const probe = new Probe('AUTHENTICATE', 'alone', undefined, true)
    peer.run(probe)
    await settled()
    await peer.say('+ Y2hhbGxlbmdl\r\n+\r\n')
    expect(probe.challenges).toEqual(['Y2hhbGxlbmdl', ''])
    await peer.say('$1 OK\r\n')
    probe.reply?.({ kind: 'text', bytes: Buffer.from('late\r\n'), redacted: 'late' })
    await settled()
    expect(peer.lines).toEqual(['$1 AUTHENTICATE'])
  })
})

describe('streamed literals (faults: 102)', () => {
  async function* source(...chunks: string[]) {
    for (const chunk of chunks) {
      await Promise.resolve()
      yield Buffer.from(chunk)
    }
  }
  const append = (size: number, chunks: string[]) =>
    new Probe('APPEND', 'free', (out) => void out.atom('APPEND').stream(size, source(...chunks)))

  it('exact', async () => {
    const peer = await greeted()
    const probe = append(6, ['abc', 'def'])
    peer.run(probe, new Probe('NOOP'))
    await settled()
    expect(peer.lines).toEqual(['$1 APPEND {6+}', 'abcdef', '$2 NOOP'])
    await peer.say('$1 OK\r\n')
    expect(probe.outcome).toBe('OK')
  })

  it.each([
    ['too short', 7, ['abc', 'def']],
    ['too long', 5, ['abc', 'def']],
  ])('%s: the connection is closed, nothing is padded', async (_name, size, chunks) => {
    const peer = await greeted()
    const probe = append(size, chunks)
    peer.run(probe)
    await settled()
    expect(probe.outcome).toBe('EUNKNOWNOUTCOME')
    expect(peer.closings).toBe(1)
  })

  it('an error in the middle: the same, with the cause', async () => {
    const peer = await greeted()
    const probe = new Probe('APPEND', 'free', (out) => {
      async function* broken() {
        yield Buffer.from('abc')
        throw new Error('disk')
      }
      out.atom('APPEND').stream(6, broken())
    })
    peer.run(probe)
    await settled()
    expect(probe.fate).toMatchObject({ code: 'EUNKNOWNOUTCOME', message: expect.stringContaining('disk') as string })
  })

  it('goes on to its end when the server refuses it early, since its octets were announced', async () => {
    const peer = await greeted()
    let release: (() => void) | undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    const probe = new Probe('APPEND', 'free', (out) => {
      async function* slow() {
        yield Buffer.from('abc')
        await gate
        yield Buffer.from('def')
      }
      out.atom('APPEND').stream(6, slow())
    })
    peer.run(probe, new Probe('NOOP'))
    await settled()
    await peer.say('$1 NO [OVERQUOTA] no\r\n')
    expect(probe.outcome).toBe('NO')
    release?.()
    await settled()
    expect(peer.lines).toEqual(['$1 APPEND {6+}', 'abcdef', '$2 NOOP'])
  })
})

describe('pipelining (RFC 9051 §5.5)', () => {
  it('sends free commands together', async () => {
    const peer = await greeted()
    peer.run(new Probe('A'), new Probe('B'), new Probe('C'))
    await settled()
    expect(peer.lines).toEqual(['$1 A', '$2 B', '$3 C'])
  })

  it('lets numbers run only beside numbers', async () => {
    const peer = await greeted()
    peer.run(new Probe('FETCH', 'numbers'), new Probe('STORE', 'numbers'), new Probe('UID'))
    await settled()
    expect(peer.lines).toEqual(['$1 FETCH', '$2 STORE'])
    await peer.say('$1 OK\r\n')
    expect(peer.lines).toHaveLength(2)
    await peer.say('$2 OK\r\n')
    expect(peer.lines[2]).toBe('$3 UID')
  })

  it('sends nothing behind what blocks, and what is alone only by itself', async () => {
    const peer = await greeted()
    const alone = new Probe('IDLE', 'alone')
    peer.run(new Probe('A'), new Probe('ENABLE', 'blocks'), new Probe('B'), alone, new Probe('C'))
    await settled()
    expect(peer.lines).toEqual(['$1 A', '$2 ENABLE'])
    await peer.say('$1 OK\r\n')
    expect(peer.lines).toHaveLength(2)
    await peer.say('$2 OK\r\n')
    expect(peer.lines).toEqual(['$1 A', '$2 ENABLE', '$3 B'])
    await peer.say('$3 OK\r\n')
    expect(peer.lines[3]).toBe('$4 IDLE')
    await settled()
    expect(alone.interrupted).toBeGreaterThan(0)
    await peer.say('$4 OK\r\n')
    expect(peer.lines[4]).toBe('$5 C')
  })

  it('sends one at a time where that was asked for', async () => {
    const peer = await greeted({ pipelining: false })
    peer.run(new Probe('A'), new Probe('B'))
    await settled()
    expect(peer.lines).toEqual(['$1 A'])
    await peer.say('$1 OK\r\n')
    expect(peer.lines).toEqual(['$1 A', '$2 B'])
  })

  it('withdraws a command that has not been sent', async () => {
    const peer = await greeted()
    const b = new Probe('B')
    peer.run(new Probe('ENABLE', 'blocks'), b)
    await settled()
    expect(peer.connection.withdraw(b)).toBe(true)
    await peer.say('$1 OK\r\n')
    expect(peer.lines).toEqual(['$1 ENABLE'])
  })

  it('a command that cannot be written fails alone, and nothing of it is sent', async () => {
    const peer = await greeted()
    const bad = new Probe('X', 'free', (out) => void out.atom('X').atom('a\r\nb'))
    const worse = new Probe('Y', 'free', (out) => void out.atom('Y').verbatim('{5}'))
    peer.run(bad, worse, new Probe('B'))
    await settled()
    expect([bad.outcome, worse.outcome]).toEqual(['EINVALID', 'EINVALID'])
    expect(peer.lines).toEqual(['$1 B'])
    await peer.say('$1 OK\r\n')
    expect(peer.connection.closed).toBe(false)
  })

  it('54: a hundred thousand commands and their answers, each found by its tag at once', async () => {
    const peer = await greeted()
    const probes = Array.from({ length: 100_000 }, () => new Probe('N'))
    peer.run(...probes)
    await settled(300)
    const prefix = peer.raw.slice(0, 6)
    expect(peer.raw.endsWith(`${prefix}100000 N\r\n`)).toBe(true)
    let answers = ''
    for (let i = 1; i <= probes.length; i += 1) answers += `${prefix}${i} OK\r\n`
    await peer.say(answers)
    await settled(300)
    expect(probes.every((probe) => probe.outcome === 'OK')).toBe(true)
    expect(peer.connection.pending).toBe(0)
  })
})

describe('the end', () => {
  it.each([
    ['69: BYE', (peer: Peer) => peer.say('* BYE shutting down\r\n* 1 EXISTS\r\n'), 'EBYE'],
    ['EOF', async (peer: Peer) => peer.end(), 'EEOF'],
    ['EOF in a line', async (peer: Peer) => (await peer.say('* 1 EXI'), peer.end()), 'EEOF'],
    ['EOF in a literal', async (peer: Peer) => (await peer.say('* X {10}\r\nabc'), peer.end()), 'EEOF'],
    ['reset', async (peer: Peer) => peer.reset(), 'EEOF'],
    ['36: a literal over the limit', (peer: Peer) => peer.say('* X {999999999999}\r\nA1 OK\r\n'), 'ELIMIT'],
    ['a broken literal', (peer: Peer) => peer.say('* X {-1}\r\nA1 OK\r\n'), 'EPROTOCOL'],
  ])('%s: everything is told, once', async (_name, strike, code) => {
    const peer = await greeted()
    const sent = new Probe('A', 'blocks')
    const queued = new Probe('B')
    peer.run(sent, queued)
    await settled()
    await strike(peer)
    await settled()
    expect(sent.outcome).toBe(code)
    expect(sent.sent).toBe(true)
    expect(queued.outcome).toBe('ECLOSED')
    expect(queued.sent).toBe(false)
    expect([sent.fates, queued.fates, peer.closings]).toEqual([1, 1, 1])
    const late = new Probe('C')
    peer.run(late)
    await settled()
    expect(late.outcome).toBe('ECLOSED')
    expect(peer.untagged.filter((line) => line.includes('EXISTS'))).toEqual([])
  })

  it('after LOGOUT, BYE is no failure', async () => {
    const peer = await greeted()
    const logout = new Probe('LOGOUT', 'blocks')
    peer.run(logout)
    peer.connection.expectEnd()
    await settled()
    await peer.say('* BYE see you\r\n$1 OK\r\n')
    peer.end()
    await settled()
    expect(logout.outcome).toBe('OK')
    expect(peer.endedWith).toBeNull()
  })

  it('by silence while an answer is due; not while reading is paused, nor for what is quiet', async () => {
    const peer = await greeted({ inactivityTimeout: 20 })
    const probe = new Probe('NOOP')
    peer.connection.pause()
    peer.run(probe)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(probe.outcome).toBeNull()
    peer.connection.resume()
    await probe.done
    expect(probe.fate).toMatchObject({ code: 'ETIMEDOUT', retryable: true })
  })

  it('before login a flood ends it (faults: 50, T17)', async () => {
    const peer = new Peer()
    await peer.say('* OK\r\n')
    await peer.say('* OK still here\r\n'.repeat(1100))
    expect(peer.endedWith?.code).toBe('ELIMIT')
  })
})

describe('capabilities (faults: 12, T8)', () => {
  it('are learnt from the greeting, untagged and tagged answers, and forgotten on demand', async () => {
    const peer = await greeted()
    const names = () => [...(peer.connection.capabilities ?? [])]
    expect(names()).toEqual(['IMAP4REV1', 'LITERAL-'])
    await peer.say('* CAPABILITY IMAP4rev1 AUTH=PLAIN \r\n')
    expect(names()).toEqual(['IMAP4REV1', 'AUTH=PLAIN'])
    peer.run(new Probe('LOGIN'))
    await settled()
    await peer.say('$1 OK [CAPABILITY IMAP4rev1 IDLE] in\r\n')
    expect(names()).toEqual(['IMAP4REV1', 'IDLE'])
    peer.connection.forgetCapabilities()
    expect(peer.connection.capabilities).toBeNull()
  })
})

describe('G7: segmentation', () => {
  it.each([1, 2, 3, 7])('the same events byte by %i', async (segment) => {
    const peer = new Peer({}, segment)
    await peer.say('* OK [CAPABILITY IMAP4rev1] ready\r\n')
    peer.connection.markAuthenticated()
    const probe = new Probe('NOOP')
    peer.run(probe)
    await settled(80)
    await peer.say('* 1 FETCH (BODY[] {5}\r\na\r\nb\r)\r\n* 2 EXISTS\r\n$1 OK done\r\n')
    await settled(200)
    expect(peer.untagged).toEqual(['* 1 FETCH (BODY[] {5}\r\na\r\nb\r)', '* 2 EXISTS'])
    expect(probe.outcome).toBe('OK')
  })
})
