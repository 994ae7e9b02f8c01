import { Duplex, PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { duplexTransport } from '../../src/transport/duplex.ts'
import { Recorder, turns } from './recorder.ts'

/** A stream whose two ends the test holds. */
function rig() {
  const written: Buffer[] = []
  let release: (() => void) | null = null
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk)
      if (held) release = () => done()
      else done()
    },
  })
  let held = false
  return {
    stream,
    written,
    hold: () => {
      held = true
    },
    release: () => {
      held = false
      release?.()
    },
  }
}

describe('duplexTransport', () => {
  it('carries bytes both ways, early ones too, and ends in good order', async () => {
    const { stream, written } = rig()
    stream.push('early ')
    const transport = duplexTransport(stream, { secure: true, description: 'ssh box' })
    await turns(3)
    const seen = new Recorder(transport)
    stream.push('late')
    await seen.untilSize(10)
    transport.write(Buffer.from('out'))
    stream.push(null)
    expect(await seen.untilClosed()).toBe(null)
    expect(seen.text).toBe('early late')
    expect(String(Buffer.concat(written))).toBe('out')
    await turns(3)
    expect(stream.destroyed).toBe(true)
    expect([transport.secure, transport.description]).toEqual([true, 'ssh box'])
  })

  it('never calls data() inside write(), though the stream answers at once', async () => {
    const transport = duplexTransport(new PassThrough())
    const seen = new Recorder(transport)
    await turns(3)
    let inside = false
    seen.onData = () => {
      if (inside) seen.violations.push('nested')
    }
    for (const piece of ['a', 'b', 'c']) {
      inside = true
      transport.write(Buffer.from(piece))
      inside = false
    }
    await seen.untilSize(3)
    transport.cork()
    transport.write(Buffer.from('d'))
    inside = true
    transport.uncork()
    inside = false
    await seen.untilSize(4)
    expect(seen.text).toBe('abcd')
    expect(seen.violations).toEqual([])
    transport.end()
    expect(await seen.untilClosed()).toBe(null)
  })

  it('holds bytes while paused, also those that wait for their turn', async () => {
    const transport = duplexTransport(new PassThrough())
    const seen = new Recorder(transport)
    await turns(3)
    transport.write(Buffer.from('x'))
    transport.pause()
    transport.end()
    await turns(10)
    expect([seen.size, seen.closings.length]).toEqual([0, 0])
    transport.resume()
    expect(await seen.untilClosed()).toBe(null)
    expect(seen.text).toBe('x')
  })

  it('write() says false when the stream is full, and drain() follows', async () => {
    const { stream, hold, release } = rig()
    hold()
    const transport = duplexTransport(stream)
    const seen = new Recorder(transport)
    expect(transport.write(Buffer.alloc(100_000))).toBe(false)
    await turns(5)
    expect(seen.drains).toBe(0)
    release()
    await seen.until(() => seen.drains === 1)
    transport.destroy()
  })

  it('an error of the stream closes with it, once; a stream destroyed by others with EEOF', async () => {
    const broken = rig().stream
    const seen = new Recorder(duplexTransport(broken))
    const error = new Error('broken')
    broken.destroy(error)
    expect(await seen.untilClosed()).toBe(error)
    const gone = rig().stream
    const also = new Recorder(duplexTransport(gone))
    gone.destroy()
    expect(await also.untilClosed()).toMatchObject({ code: 'EEOF' })
    await turns(5)
    expect([...seen.violations, ...also.violations]).toEqual([])
  })

  it('a stream that throws in write() closes with that', async () => {
    const error = new Error('thrown')
    const stream = new Duplex({
      read() {},
      write() {
        throw error
      },
    })
    const transport = duplexTransport(stream)
    const seen = new Recorder(transport)
    expect(transport.write(Buffer.from('x'))).toBe(true)
    expect(await seen.untilClosed()).toBe(error)
  })

  it('an error before start() is told by start()', async () => {
    const { stream } = rig()
    const transport = duplexTransport(stream)
    const error = new Error('early')
    stream.destroy(error)
    await turns(5)
    const seen = new Recorder(transport)
    expect(seen.closings).toEqual([])
    expect(await seen.untilClosed()).toBe(error)
  })

  it('destroy() destroys the stream and drops what waits', async () => {
    const { stream } = rig()
    const transport = duplexTransport(stream)
    const seen = new Recorder()
    transport.pause()
    transport.start(seen)
    stream.push('unread')
    await turns(3)
    transport.destroy()
    expect(await seen.untilClosed()).toBe(null)
    expect(seen.size).toBe(0)
    expect(stream.destroyed).toBe(true)
  })

  it('refuses streams that cannot carry bytes', () => {
    const encoded = rig().stream.setEncoding('utf8')
    const ended = rig().stream.end()
    for (const stream of [new PassThrough({ objectMode: true }), encoded, ended, rig().stream.destroy()]) {
      expect(() => duplexTransport(stream)).toThrowError(expect.objectContaining({ code: 'EINVALID' }))
    }
  })
})
