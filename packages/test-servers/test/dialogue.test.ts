import { describe, expect, it } from 'vitest'
import { dialogue } from '../src/dialogue.ts'
import { rawServer } from '../src/raw-server.ts'
import { parseTranscript } from '../src/transcript.ts'
import { dial } from './socket-client.ts'

// RFC 9051 §6.2.3, shortened.
const login = `
  S: * OK [CAPABILITY IMAP4rev1
     STARTTLS] ready
  C: a001 LOGIN {11}
  S: + Ready for additional command text
  C: FRED FOOBAR {7}
  S: +
  C: fat man
  S: a001 OK LOGIN completed
  C: a002 SEARCH RETURN (MIN) ALL
  S: * ESEARCH (TAG "a002") MIN 2
  S: a002 OK done
`

describe('a dialogue', () => {
  it('is read as RFCs print it', () => {
    expect(parseTranscript('\n  C: a b\n    c\n\n<TLS negotiation>\nS:\n<end>')).toEqual([
      { who: 'C', text: 'a b c', at: 2 },
      { who: 'event', text: 'tls', at: 5 },
      { who: 'S', text: '', at: 6 },
      { who: 'event', text: 'end', at: 7 },
    ])
    expect(() => parseTranscript('hello')).toThrow(SyntaxError)
  })

  it('plays its part, with the tags of the client', async () => {
    await using server = await dialogue(login)
    using client = await dial(server)
    expect(await client.readLine()).toBe('* OK [CAPABILITY IMAP4rev1 STARTTLS] ready')
    expect(await client.command('XY7 LOGIN {11}')).toEqual(['+ Ready for additional command text'])
    client.write('FRED FOOBAR {7}\r\n')
    expect(await client.readLine()).toBe('+ ')
    client.write('fat man\r\n')
    expect(await client.readLine()).toBe('XY7 OK LOGIN completed')
    expect(await client.command('XY8 SEARCH RETURN (MIN) ALL')).toEqual(['* ESEARCH (TAG "XY8") MIN 2', 'XY8 OK done'])
    await server.done
  })

  it('upgrades to TLS where the transcript does', async () => {
    await using server = await dialogue(`
      S: * OK ready
      C: a STARTTLS
      S: a OK begin
      <TLS negotiation>
      C: b NOOP
      S: b OK done
      <end>
    `)
    using client = await dial(server)
    await client.readLine()
    await client.command('1 STARTTLS')
    using secure = await client.upgrade(server.ca)
    expect(await secure.command('2 NOOP')).toEqual(['2 OK done'])
    expect(await secure.readLine()).toBeUndefined()
  })

  it('says which line the client got wrong', async () => {
    const server = await dialogue(login)
    using client = await dial(server)
    await client.readLine()
    await expect(client.command('1 LOGIN a b')).rejects.toThrow('closed')
    await expect(server.done).rejects.toThrow('expected  C: 1 LOGIN {11}\n  received  C: 1 LOGIN a b')
    await expect(server.stop()).rejects.toThrow('line 4')
  })

  it('fails when the client leaves early, or never comes', async () => {
    const left = await dialogue(login)
    const client = await dial(left)
    await client.readLine()
    client.socket.end()
    await expect(left.done).rejects.toThrow('before line 4 (C: a001 LOGIN {11})')
    await expect(left.stop()).rejects.toThrow('before line 4')

    const alone = await dialogue(login)
    await expect(alone.stop()).rejects.toThrow('before line 2')
  })
})

describe('a raw server', () => {
  it('hands over sockets, and tells what its script threw', async () => {
    const server = await rawServer((socket, index) => {
      if (index === 1) throw new Error('second')
      socket.write('hello\r\n')
    })
    using client = await dial(server)
    expect(await client.readLine()).toBe('hello')
    using second = await dial(server)
    expect(await second.readLine()).toBeUndefined()
    await expect(server.stop()).rejects.toThrow('second')
  })
})
