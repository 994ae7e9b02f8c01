import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMailboxName, encodeMailboxName, isValidModifiedUtf7 } from '../../src/wire/mailbox-name.ts'

describe('names in modified UTF-7', () => {
  it.each([
    ['', ''],
    ['INBOX', 'INBOX'],
    ['a b/c.d"e\\f%*(){}', 'a b/c.d"e\\f%*(){}'],
    ['~', '~'],
    ['&', '&-'],
    ['A&B', 'A&-B'],
    ['&&', '&-&-'],
    ['-&-', '-&--'],
    ['Entwürfe', 'Entw&APw-rfe'],
    ['Отправленные', '&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-'],
    // RFC 3501 §5.1.3
    ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    // RFC 2152's example, in the modified form
    ['Hi Mom -☺-!', 'Hi Mom -&Jjo--!'],
    ['a&é', 'a&-&AOk-'],
    ['é&', '&AOk-&-'],
    ['é-', '&AOk--'],
    ['😀', '&2D3eAA-'],
    ['\t', '&AAk-'],
    ['a\r\nb', 'a&AA0ACg-b'],
    ['\0', '&AAA-'],
    ['\x7f', '&AH8-'],
    ['\u00a0\uffff', '&AKD,,w-'],
  ])('%j is %s', (name, encoded) => {
    expect(encodeMailboxName(name)).toBe(encoded)
    expect(decodeMailboxName(encoded)).toEqual({ name, valid: true })
    expect(decodeMailboxName(Buffer.from(encoded))).toEqual({ name, valid: true })
    expect(isValidModifiedUtf7(encoded)).toBe(true)
  })

  it.each([
    ['no end', '&Jjo'],
    ['no end, nothing in it', '&'],
    ['no end after a good one', '&AOk-&'],
    ['end of a word only', 'AT&T'],
    ['superfluous shift of ASCII', '&AGE-'],
    ['superfluous shift of &', '&ACY-'],
    ['shift back and forth', '&U,A-&UxdTDA-'],
    ['ASCII among the shifted', '&AOkAYQ-'],
    ['padding', '&AOk=-'],
    ['ordinary slash', '&U/BTFw-'],
    ['bits left over that are not zero', '&AOl-'],
    ['one octet', '&AA-'],
    ['three octets', '&AOkA-'],
    ['half of a surrogate pair, high', '&2D0-'],
    ['half of a surrogate pair, low', '&3gA-'],
    ['halves the wrong way round', '&3gDYPQ-'],
    ['halves in two shifts', '&2D0-&3gA-'],
    ['space in a shift', '&AO k-'],
    ['shift in a shift', '&AOk&-'],
    ['URL-safe base64', '&U_BTFw-'],
    ['control character', 'a\tb'],
    ['line end', 'a\r\nb'],
    ['DEL', '\x7f'],
  ])('left as it came: %s', (_what, raw) => {
    expect(decodeMailboxName(raw)).toEqual({ name: raw, valid: false })
    expect(decodeMailboxName(Buffer.from(raw, 'latin1'))).toEqual({ name: raw, valid: false })
    expect(isValidModifiedUtf7(raw)).toBe(false)
  })

  it('reads UTF-8 that was not asked for, and keeps what is none', () => {
    expect(decodeMailboxName(Buffer.from('Entwürfe & mehr'))).toEqual({ name: 'Entwürfe & mehr', valid: false })
    expect(decodeMailboxName(Buffer.from('Entwürfe').toString('latin1'))).toEqual({ name: 'Entwürfe', valid: false })
    expect(decodeMailboxName(Uint8Array.of(0x61, 0xfc))).toEqual({ name: 'aü', valid: false })
    // A name that was decoded already.
    expect(decodeMailboxName('日本語')).toEqual({ name: '日本語', valid: false })
  })

  it.each(['\ud800', 'a\udc00b', '\udc00\ud800', '😀\ud83d'])('half of a surrogate pair is refused: %j', (name) =>
    expect(() => encodeMailboxName(name)).toThrow(expect.objectContaining({ code: 'EINVALID' })),
  )
})

describe('for any name', () => {
  const units = fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)),
    maxLength: 12,
  })
  const names = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom('&', '-', 'a', '/', ',', 'ü', '😀', '\n', '日'), maxLength: 12 }),
    units.filter((name) => name.isWellFormed()),
  )

  it('there and back', () => {
    fc.assert(
      fc.property(names, (name) => {
        const encoded = encodeMailboxName(name)
        expect(encoded).toMatch(/^[\x20-\x7e]*$/)
        expect(decodeMailboxName(encoded)).toEqual({ name, valid: true })
      }),
      { numRuns: 2000 },
    )
  })

  it('no superfluous shift, no shifted ASCII (RFC 3501 §5.1.3)', () => {
    fc.assert(
      fc.property(names, (name) => {
        const encoded = encodeMailboxName(name)
        expect(encoded).not.toMatch(/&[A-Za-z0-9+,]+-&[A-Za-z0-9+,]/)
        for (const [, run = ''] of encoded.matchAll(/&([A-Za-z0-9+,]+)-/g)) {
          const octets = Buffer.from(run.replaceAll(',', '/'), 'base64')
          for (let i = 0; i < octets.length; i += 2) {
            const unit = octets.readUInt16BE(i)
            expect(unit < 0x20 || unit > 0x7e).toBe(true)
          }
        }
      }),
    )
  })
})

describe('for any octets', () => {
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 16 }),
    fc
      .string({ unit: fc.constantFrom('&', '-', 'A', 'O', 'k', 'g', ',', '2', 'D', '3', 'a', ' '), maxLength: 14 })
      .map((text) => new Uint8Array(Buffer.from(text))),
  )

  it('what is valid is sent back as it came; what is not is not changed', () => {
    fc.assert(
      fc.property(octets, (raw) => {
        const latin1 = Buffer.from(raw).toString('latin1')
        const { name, valid } = decodeMailboxName(raw)
        expect(decodeMailboxName(latin1)).toEqual({ name, valid })
        expect(isValidModifiedUtf7(latin1)).toBe(valid)
        if (valid) expect(encodeMailboxName(name)).toBe(latin1)
        else if (isUtf8(raw)) expect(Buffer.from(name, 'utf8')).toEqual(Buffer.from(raw))
        else expect(name).toBe(latin1)
      }),
      { numRuns: 3000 },
    )
  })
})
