import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonicalFlag,
  checkFlag,
  checkKeyword,
  isFlag,
  isPermanentFlag,
  keywords,
  sameFlag,
  systemFlags,
} from '../../src/wire/flags.ts'

const refusal = expect.objectContaining({ code: 'EINVALID' })

describe('flags that can be sent', () => {
  it.each(['\\Seen', '\\SEEN', '\\X-Own', '$Junk', 'NonJunk', 'a', "it's", '$label1', 'a:b', 'a[b', '+', 'NIL'])(
    '%s',
    (flag) => {
      expect(isFlag(flag)).toBe(true)
      expect(checkFlag(flag)).toBe(flag)
      expect(isPermanentFlag(flag)).toBe(true)
    },
  )

  it.each([
    '',
    '\\',
    '\\\\Seen',
    'a b',
    'a\\b',
    'a"b',
    'a(b',
    'a)b',
    'a{b',
    'a%',
    'a*',
    'a]b',
    'ü',
    'a\r\nb',
    'a\0',
    '\\Se en',
    '\\*',
    '\\ü',
    '\t',
  ])('%j not', (flag) => {
    expect(isFlag(flag)).toBe(false)
    expect(() => checkFlag(flag)).toThrow(refusal)
    expect(isPermanentFlag(flag)).toBe(flag === '\\*')
  })

  it('\\Recent is a flag, but not to be set', () => {
    expect(isFlag('\\Recent')).toBe(true)
    for (const flag of ['\\Recent', '\\RECENT']) expect(() => checkFlag(flag)).toThrow(refusal)
    expect(checkFlag('Recent')).toBe('Recent')
  })

  it('a keyword has no backslash', () => {
    expect(checkKeyword('$Junk')).toBe('$Junk')
    for (const keyword of ['\\Seen', '', 'a b']) expect(() => checkKeyword(keyword)).toThrow(refusal)
  })

  it('all of the registry', () => {
    for (const flag of [...Object.values(keywords), ...systemFlags.filter((flag) => flag !== '\\Recent')])
      expect(checkFlag(flag)).toBe(flag)
    expect(new Set(Object.values(keywords).map((keyword) => keyword.toLowerCase())).size).toBe(25)
  })
})

describe('spelling', () => {
  it('has no case, in ASCII', () => {
    expect(sameFlag('\\Seen', '\\sEEN')).toBe(true)
    expect(sameFlag('$Junk', '$junk')).toBe(true)
    expect(sameFlag('\\Seen', 'Seen')).toBe(false)
    expect(sameFlag('\\Seen', '\\Seem')).toBe(false)
    // K and the Kelvin sign are one letter to toLowerCase, and [ and { are 32 apart.
    expect(sameFlag('K', '\u212a')).toBe(false)
    expect(sameFlag('a[', 'a{')).toBe(false)
    expect(sameFlag('@', '`')).toBe(false)
  })

  it('is that of the RFCs where they have one', () => {
    for (const flag of [...systemFlags, ...Object.values(keywords)])
      for (const spelt of [flag, flag.toLowerCase(), flag.toUpperCase()]) expect(canonicalFlag(spelt)).toBe(flag)
    for (const flag of ['MyTag', 'mytag', '\\Own', '__proto__', 'constructor', 'x'.repeat(1000)])
      expect(canonicalFlag(flag)).toBe(flag)
  })

  it('never makes another flag of it', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom('\\Seen', '$Junk', '$MDNSent'), fc.string()),
        fc.boolean(),
        (flag, upper) => {
          const spelt = upper ? flag.toUpperCase() : flag
          expect(sameFlag(canonicalFlag(spelt), spelt)).toBe(true)
        },
      ),
    )
  })
})
