import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InternTable } from '../../src/wire/intern.ts'
import { decodeRaw, rawCharset } from '../../src/wire/raw-text.ts'

describe('decodeRaw', () => {
  it('gives back any text that was UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeRaw(Buffer.from(text, 'utf8').toString('latin1'))).toBe(text)
      }),
    )
  })

  it('loses no octet: other text can be undone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
        const raw = Buffer.from(octets).toString('latin1')
        const text = decodeRaw(raw)
        if (rawCharset(raw) === 'utf-8') expect(Buffer.from(text, 'utf8').toString('latin1')).toBe(raw)
        else expect(text).toHaveLength(raw.length)
        expect(new Set(decodeRaw('\x80\x81\xfe\xff')).size).toBe(4)
      }),
    )
  })

  it.each([
    ['\xe9', 'é'],
    ['\x93x\x94 \x80', '“x” €'],
    ['\xc0\xaf', 'À¯'],
    ['\xed\xa0\x80', 'í\xa0€'],
    ['\xef\xbb\xbfx', '\ufeffx'],
  ])('%j', (raw, text) => expect(decodeRaw(raw)).toBe(text))
})

describe('InternTable', () => {
  it('gives what it was asked for, whatever came before', () => {
    const table = new InternTable(4, 'lower', 8)
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 12 })), (all) => {
        for (const octets of all) {
          const bytes = Buffer.from(octets)
          const text = bytes.toString('latin1').replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
          expect(table.get(bytes, 0, bytes.length)).toBe(text)
          const quoted = Buffer.concat([bytes, Buffer.from('"')])
          const found = table.getQuoted(quoted, 0, quoted.length)
          const close = quoted.indexOf('"')
          const backslash = quoted.indexOf('\\')
          if (close < 8 && (backslash === -1 || backslash > close)) expect(found).toBe(text.slice(0, close))
          else expect(found).toBeUndefined()
        }
      }),
    )
  })
})
