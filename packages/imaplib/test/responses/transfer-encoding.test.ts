import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64Into } from '../../src/responses/base64.ts'
import { isKnownTransferEncoding, transferDecoder } from '../../src/responses/transfer-encoding.ts'

/** Decodes in one piece, then byte by byte, and demands the same. */
const decode = (encoding: string, encoded: string): string => {
  const run = (chunks: Buffer[]) => {
    const decoder = transferDecoder(encoding)
    return Buffer.concat([...chunks.map((chunk) => Buffer.from(decoder.write(chunk))), decoder.end()]).toString(
      'latin1',
    )
  }
  const bytes = Buffer.from(encoded, 'latin1')
  const whole = run([bytes])
  expect(run(Array.from(bytes, (byte) => Buffer.of(byte)))).toBe(whole)
  return whole
}

/** `bytes` cut at random places. */
const cut = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return [...chunks, bytes.subarray(at)]
}
const sizes = fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 12 })

describe('base64', () => {
  it.each([
    ['', ''],
    ['aGVsbG8=', 'hello'],
    ['aGVs\r\nbG8=\r\n', 'hello'],
    ['aGVsbG8', 'hello'],
    ['aGVsbG', 'hell'],
    ['aGVsb', 'hel'],
    ['YQ==Yg==', 'ab'],
    ['YQ=Yg=', 'ab'],
    ['aGVs*bG8=', 'hello'],
    ['aGVs bG8=', 'hello'],
    ['-aG_Vs-bG8=', 'hello'],
    ['====', ''],
    ['a===', ''],
    ['/+8=', '\xff\xef'],
    ['aGVs\rbG8=', 'hello'],
  ])('%j', (encoded, decoded) => {
    expect(decode('base64', encoded)).toBe(decoded)
    const out = Buffer.alloc(encoded.length + 4)
    expect(out.toString('latin1', 2, base64Into(`(${encoded})`, 1, encoded.length + 1, out, 2))).toBe(decoded)
  })

  it('undoes base64 with lines of any length, cut anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 80 }), sizes, (octets, width, where) => {
        const encoded = Buffer.from(octets)
          .toString('base64')
          .replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\r\n')
        const decoder = transferDecoder('base64')
        const chunks = cut(Buffer.from(encoded), where).map((chunk) => decoder.write(chunk))
        expect(Buffer.concat([...chunks, decoder.end()])).toEqual(Buffer.from(octets))
      }),
    )
  })

  it('gives the same for any junk however it is cut', () => {
    const junk = fc.array(fc.constantFrom(...'AQgz/+=-_ \r\n!'), { maxLength: 200 })
    fc.assert(fc.property(junk, (chars) => void decode('base64', chars.join(''))))
  })
})

describe('quoted-printable', () => {
  it.each([
    ['', ''],
    ['caf=C3=A9', 'caf\xc3\xa9'],
    ['caf=c3=a9', 'caf\xc3\xa9'],
    [
      "Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.",
      "Now's the time for all folk to come to the aid of their country.",
    ],
    ['soft \t=  \r\nbreak', 'soft \tbreak'],
    ['lf=\nonly', 'lfonly'],
    ['trailing  \t\r\nblanks ', 'trailing\r\nblanks'],
    ['trailing  \nlf', 'trailing\nlf'],
    ['kept=20\r\n', 'kept \r\n'],
    ['kept =\r\n\r\n', 'kept \r\n'],
    ['1=2', '1=2'],
    ['1=', '1'],
    ['1=4', '1=4'],
    ['=4=41', '=4A'],
    ['==41', '=A'],
    ['=\r41', '=\r41'],
    ['= x', '= x'],
    ['lone\rcr', 'lone\rcr'],
    [`${' '.repeat(3000)}x`, `${' '.repeat(3000)}x`],
    [`=${' '.repeat(3000)}x`, `=${' '.repeat(3000)}x`],
    ['8bit \xe9', '8bit \xe9'],
  ])('%j', (encoded, decoded) => {
    expect(decode('quoted-printable', encoded)).toBe(decoded)
  })

  it('gives the same for anything however it is cut', () => {
    const text = fc.array(fc.constantFrom(...'=4Cx \t\r\n'), { maxLength: 80 })
    fc.assert(
      fc.property(text, (chars) => void decode('quoted-printable', chars.join(''))),
      { numRuns: 1000 },
    )
  })

  it('undoes an encoder', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), sizes, (octets, where) => {
        const encoded = Array.from(octets, (octet, at) => {
          const hex = `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
          return (
            (octet > 0x20 && octet < 0x7f && octet !== 0x3d ? String.fromCharCode(octet) : hex) +
            (at % 20 === 19 ? '=\r\n' : '')
          )
        })
        const decoder = transferDecoder('Quoted-Printable')
        const chunks = cut(Buffer.from(encoded.join('')), where).map((chunk) => decoder.write(chunk))
        expect(Buffer.concat([...chunks, decoder.end()])).toEqual(Buffer.from(octets))
      }),
    )
  })
})

describe('transferDecoder', () => {
  it.each(['7bit', '8BIT', 'binary', '', 'x-unheard-of'])('passes %j through', (encoding) => {
    const chunk = Buffer.from('=41 YQ==\0')
    const decoder = transferDecoder(encoding)
    expect(decoder.write(chunk)).toBe(chunk)
    expect(decoder.end()).toHaveLength(0)
  })

  it('knows names as servers send them', () => {
    for (const name of ['BASE64', 'base64 ', '"base64"', 'Base64 (with a comment)', 'base64;'])
      expect(decode(name, 'YQ==')).toBe('a')
    expect(isKnownTransferEncoding('7bit')).toBe(true)
    expect(isKnownTransferEncoding('constructor')).toBe(false)
  })

  it('decodes uuencode', () => {
    const encoded = 'Hello\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n#0V%T\r\n'
    expect(decode('x-uuencode', encoded)).toBe('Cat')
    expect(decode('x-uue', 'begin 644 a\n#0V%T\n#0V\n')).toBe('CatC`\0'.replace('`', String.fromCharCode(0x60)))
    expect(decode('uuencode', `begin 644 a\n${'#'.repeat(5000)}`)).toBe('')
  })
})
