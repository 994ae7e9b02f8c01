import { isAscii, isUtf8 } from 'node:buffer'
import { createRequire } from 'node:module'
import type * as encoding from '@exodus/bytes/encoding.js'
import { canonicalCharset } from './charset-labels.ts'
import { singleByteTables } from './charset-tables.ts'
import { decodeEightBit, decodeWindows1252, EightBitDecoder } from './eight-bit-text.ts'
import { type ByteShifter, HzShifter, Iso2022KrShifter } from './shifted-charsets.ts'
import { singleByteDecoder } from './single-byte.ts'
import { Utf7Decoder } from './utf7.ts'
import { Utf32Decoder } from './utf32.ts'

/** Text made of bytes, and how far it can be trusted. */
export interface DecodedText {
  readonly text: string
  /** False when the label names no charset known here; the text is then a guess: UTF-8 where it is, else windows-1252. */
  readonly known: boolean
  /** True when some bytes are not characters of the charset; they came out as U+FFFD, or as a guess in `us-ascii`. */
  readonly lossy: boolean
}

/** Decodes text that comes in chunks; a character may be split between them. */
export interface CharsetDecoder {
  /** See {@link DecodedText.known}. */
  readonly known: boolean
  /** True as soon as a byte was met that the charset does not have. */
  readonly lossy: boolean
  /** The characters that this chunk completes. */
  write(chunk: Uint8Array): string
  /** What an unfinished character at the very end becomes. The decoder is then as new. */
  end(): string
}

/**
 * Decodes bytes in the charset that a MIME label names. Never throws, whatever the bytes or the label.
 *
 * Labels are those of the WHATWG Encoding Standard and further ones found in mail (`cp932`, `ks_c_5601-1987`, `cp850`,
 * `utf-7`, `iso-2022-kr`, `hz-gb-2312` …), in any case. `iso-8859-1` is read as windows-1252. A byte order mark is
 * dropped.
 *
 * @example
 * decodeCharset(Buffer.from([0x82, 0xa0]), 'shift_jis').text // 'あ'
 */
export const decodeCharset = (bytes: Uint8Array, label: string): DecodedText =>
  decodeCanonical(view(bytes), canonicalCharset(label))

/** The octets up to `end` in a charset that has its canonical name already. */
export const decodeOctets = (octets: Buffer, end: number, name: string): string => {
  if (name === 'utf-8' && octets[0] !== 0xef) return octets.toString('utf8', 0, end)
  return decodeCanonical(octets.subarray(0, end), name).text
}

const decodeCanonical = (buffer: Buffer, name: string): DecodedText => {
  if (name === 'utf-8') {
    const text = buffer.toString('utf8', hasUtf8Mark(buffer) ? 3 : 0, buffer.length)
    return { text, known: true, lossy: text.includes(REPLACEMENT) && !isUtf8(buffer) }
  }
  if (name === 'us-ascii') {
    const ascii = isAscii(buffer)
    return { text: ascii ? buffer.toString('latin1') : decodeEightBit(buffer), known: true, lossy: !ascii }
  }
  if (name === 'iso-8859-1' || name === 'windows-1252')
    return { text: decodeWindows1252(buffer), known: true, lossy: false }
  const decoding = decodings.get(name)?.() ?? sharedFromLibrary(name)
  if (decoding === null) return { text: decodeEightBit(buffer), known: false, lossy: false }
  const text = decoding.write(buffer) + decoding.end()
  return { text, known: true, lossy: text.includes(REPLACEMENT) }
}

/** As {@link decodeCharset}, for bytes that come in chunks: the texts joined are the same. */
export const charsetDecoder = (label: string): CharsetDecoder => {
  const name = canonicalCharset(label)
  const decoding = decodings.get(name)?.() ?? fromLibrary(name)
  return new ChunkDecoder(decoding ?? new EightBitDecoder(), decoding !== null, name === 'us-ascii')
}

class ChunkDecoder implements CharsetDecoder {
  readonly known: boolean
  lossy = false
  private readonly decoding: Decoding
  private readonly asciiOnly: boolean

  constructor(decoding: Decoding, known: boolean, asciiOnly: boolean) {
    this.decoding = decoding
    this.known = known
    this.asciiOnly = asciiOnly
  }

  write(chunk: Uint8Array): string {
    const text = this.decoding.write(chunk)
    this.lossy ||= this.asciiOnly ? !isAscii(chunk) : this.known && text.includes(REPLACEMENT)
    return text
  }

  end(): string {
    const text = this.decoding.end()
    this.lossy ||= this.known && !this.asciiOnly && text.includes(REPLACEMENT)
    return text
  }
}

/** One run of decoding, with the state that a chunk's end leaves. */
interface Decoding {
  write(bytes: Uint8Array): string
  end(): string
}

const REPLACEMENT = '\ufffd'

const view = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const hasUtf8Mark = (bytes: Uint8Array): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf

const stateless = (decode: (bytes: Uint8Array) => string): Decoding => ({ write: decode, end: () => '' })

/** A decoder of the platform or of the library, with the streaming protocol of the WHATWG. */
const streaming = (decoder: InstanceType<typeof TextDecoder>): Decoding => ({
  write: (bytes) => decoder.decode(bytes, { stream: true }),
  end: () => decoder.decode(),
})

const shifted = (shifter: ByteShifter, charset: string): Decoding => {
  const inner = fromLibrary(charset) as Decoding
  return { write: (bytes) => inner.write(shifter.write(bytes)), end: () => inner.end() }
}

/** UTF-16 without a stated byte order (RFC 2781 §4.3): the mark tells; else big-endian, unless it begins like `T\0`. */
const utf16 = (): Decoding => {
  let inner: Decoding | null = null
  let first = Buffer.alloc(0)
  return {
    write(bytes) {
      if (inner !== null) return inner.write(bytes)
      first = Buffer.concat([first, bytes])
      if (first.length < 2) return ''
      const little = (first[0] === 0xff && first[1] === 0xfe) || (first[0] !== 0 && first[1] === 0)
      inner = fromLibrary(little ? 'utf-16le' : 'utf-16be') as Decoding
      return inner.write(first)
    },
    end() {
      const text = inner === null ? (first.length > 0 ? REPLACEMENT : '') : inner.end()
      inner = null
      first = Buffer.alloc(0)
      return text
    },
  }
}

/** Charsets by their canonical name, except those that only the library has. */
const decodings = new Map<string, () => Decoding>([
  // The platform's own UTF-8 is right everywhere; its windows-1252 is not (nodejs/node #56542).
  ['utf-8', () => streaming(new TextDecoder('utf-8'))],
  ['us-ascii', () => new EightBitDecoder()],
  ['iso-8859-1', () => stateless(decodeWindows1252)],
  ['windows-1252', () => stateless(decodeWindows1252)],
  ['utf-7', () => new Utf7Decoder()],
  ['utf-16', utf16],
  ['utf-32', () => new Utf32Decoder(null)],
  ['utf-32le', () => new Utf32Decoder('le')],
  ['utf-32be', () => new Utf32Decoder('be')],
  ['iso-2022-kr', () => shifted(new Iso2022KrShifter(), 'euc-kr')],
  ['hz-gb-2312', () => shifted(new HzShifter(), 'gb18030')],
])
for (const [name, table] of singleByteTables) {
  let decode: ((bytes: Uint8Array) => string) | null = null
  decodings.set(name, () => stateless((decode ??= singleByteDecoder(table))))
}

let library: typeof encoding | null = null

/** The library costs 30 ms to load, and most mail never needs it: it is loaded when a charset asks for it. */
const fromLibrary = (name: string): Decoding | null => {
  library ??= createRequire(import.meta.url)('@exodus/bytes/encoding.js') as typeof encoding
  // `replacement` stands for charsets that browsers refuse to decode.
  const known = library.normalizeEncoding(name)
  return known === null || known === 'replacement' ? null : streaming(new library.TextDecoder(known))
}

/** Decoders of the library for text that is all there, after which they are as new. As many as the library has at most. */
const shared = new Map<string, Decoding>()

const sharedFromLibrary = (name: string): Decoding | null => {
  const known = shared.get(name)
  if (known !== undefined) return known
  const made = fromLibrary(name)
  if (made !== null) shared.set(name, made)
  return made
}
