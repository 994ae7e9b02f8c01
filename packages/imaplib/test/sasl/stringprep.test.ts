import mongoSaslprep from '@mongodb-js/saslprep'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ImapError } from '../../src/errors/imap-error.ts'
import { saslprep } from '../../src/sasl/saslprep.ts'
import { inTable } from '../../src/sasl/stringprep.ts'

/** The prepared text, or null for a refusal. Ours must refuse with EINVALID, and not repeat the text. */
function ours(text: string, unassigned: 'refuse' | 'allow'): string | null {
  try {
    return saslprep(text, { unassigned })
  } catch (error) {
    if (error instanceof ImapError && error.code === 'EINVALID') return null
    throw error
  }
}

function theirs(text: string, unassigned: 'refuse' | 'allow'): string | null {
  try {
    return mongoSaslprep(text, { allowUnassigned: unassigned === 'allow' })
  } catch (error) {
    // Their bidirectional check reads the first character of a string that the mapping left empty.
    if (error instanceof TypeError) return ''
    return null
  }
}

describe('SASLprep', () => {
  it.each([
    // RFC 4013 §3
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['', ''],
    ['a\u00a0b\u3000c', 'a b c'],
    // In both mapping tables.
    ['a\u200bb', 'a b'],
  ])('%j becomes %j', (text, prepared) => {
    expect(saslprep(text)).toBe(prepared)
  })

  it.each([
    ['\u0007', /forbids/],
    ['\u0627\u0031', /begin and end/],
    ['a\u0627', /mixes/],
    ['\u0221', /does not know/],
    ['p\u{1f600}', /does not know/],
    ['\ud800', /forbids/],
  ])('%j is refused', (text, reason) => {
    expect(() => saslprep(text)).toThrow(reason)
  })

  it('lets unassigned code points through in queries', () => {
    expect(saslprep('p\u{1f600}', { unassigned: 'allow' })).toBe('p\u{1f600}')
  })

  // RFC 3454 C.4 lists FFFFE-FFFFF; the other implementation's table does not.
  const knownDifferences = new Set([0xffffe, 0xfffff])

  it.each(['refuse', 'allow'] as const)('does every single code point as another implementation: %s', (unassigned) => {
    const differences: string[] = []
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    try {
      for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
        const text = String.fromCodePoint(codePoint)
        if (!knownDifferences.has(codePoint) && ours(text, unassigned) !== theirs(text, unassigned)) {
          differences.push(`U+${codePoint.toString(16)}`)
        }
      }
    } finally {
      Error.stackTraceLimit = stackTraceLimit
    }
    expect(differences).toEqual([])
    for (const codePoint of knownDifferences) expect(ours(String.fromCodePoint(codePoint), unassigned)).toBeNull()
  })

  it('does whole strings as the other implementation does', () => {
    const character = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 1 }),
      fc.integer({ min: 0, max: 0xf_ffff - 2 }).map((codePoint) => String.fromCodePoint(codePoint)),
      fc.constantFrom(
        'a',
        '1',
        ' ',
        '\u00a0',
        '\u00ad',
        '\u200b',
        '\u0627',
        '\u05d0',
        '\u0301',
        '\u2168',
        '\ud800',
        '\udc00',
      ),
    )
    fc.assert(
      fc.property(
        fc.array(character, { maxLength: 8 }).map((characters) => characters.join('')),
        fc.constantFrom('refuse' as const, 'allow' as const),
        (text, unassigned) => {
          expect(ours(text, unassigned)).toBe(theirs(text, unassigned))
        },
      ),
      { numRuns: 5000 },
    )
  })

  it('tables do not touch: D.1 and D.2 have no character in common', () => {
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
      if (inTable('rightToLeft', codePoint)) expect(inTable('leftToRight', codePoint)).toBe(false)
    }
  })
})
