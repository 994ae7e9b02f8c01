import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visible } from '../../src/transport/visible.ts'

describe('visible', () => {
  it('keeps plain text, joins lines, and shows what would steer a terminal', () => {
    expect(visible('grüße 日本 "x"')).toBe('grüße 日本 "x"')
    expect(visible('one\r\ntwo\nthree')).toBe('one | two | three')
    expect(visible('\x1b[2J\x07\x9b\x7f\t\rz')).toBe('\\x1b[2J\\x07\\x9b\\x7f\\x09\\x0dz')
    expect(visible('a\u202eb\u2066c\ufeff')).toBe('a\\u{202e}b\\u{2066}c\\u{feff}')
  })

  it('leaves no control character, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u)
      }),
    )
  })
})
