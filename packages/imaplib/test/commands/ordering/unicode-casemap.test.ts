import { describe, expect, it } from 'vitest'
import { casemapKey } from '../../../src/commands/ordering/unicode-casemap.ts'

const hex = (text: string) => casemapKey(text).toString('hex')

describe('i;unicode-casemap (RFC 5051)', () => {
  it.each([
    ['abc', 'ABC'],
    ['é', 'É'],
    ['ﬁ', 'fi', false],
    ['ǆ', 'Ǆ'],
    ['ǆ', 'ǅ'],
    ['ς', 'σ'],
    ['ᾳ', 'ᾼ'],
    ['ｆｕｌｌ', 'Full', true],
    ['Ǆ', 'DŽ', false],
    ['Å', 'å'],
  ] as [string, string, boolean?][])('%s and %s', (a, b, same = true) => {
    expect(hex(a) === hex(b)).toBe(same)
  })

  it('maps to titlecase first and decomposes then (RFC 5051 §2)', () => {
    expect(casemapKey('ǆ').toString()).toBe('Dz\u030c')
    expect(casemapKey('ß').toString()).toBe('ß')
    expect(casemapKey('ა').toString()).toBe('ა')
    expect(casemapKey('é').toString()).toBe('E\u0301')
    expect(casemapKey('ᾳ').toString()).toBe('\u0391\u0345')
    expect(casemapKey('𐐨').toString()).toBe('𐐀')
  })

  it('orders by octets of UTF-8, not by code units', () => {
    // U+FF5E before U+1F600, although its code unit is larger than a surrogate.
    expect(Buffer.compare(casemapKey('\ufffd'), casemapKey('😀'))).toBe(-1)
  })
})
