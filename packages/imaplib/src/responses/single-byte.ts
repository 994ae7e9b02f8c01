import { isAscii } from 'node:buffer'

/**
 * Decodes a charset in which every byte is a character, ASCII in its lower half.
 *
 * @param upperHalf the characters of the bytes 0x80 to 0xFF, none above U+FFFF
 */
export const singleByteDecoder = (upperHalf: string): ((bytes: Uint8Array) => string) => {
  const low = new Uint8Array(256)
  const high = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte += 1) {
    const unit = byte < 128 ? byte : upperHalf.charCodeAt(byte - 128)
    low[byte] = unit & 0xff
    high[byte] = unit >> 8
  }
  return (bytes) => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (isAscii(buffer)) return buffer.toString('latin1')
    const units = Buffer.allocUnsafe(bytes.length * 2)
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] as number
      units[at * 2] = low[byte] as number
      units[at * 2 + 1] = high[byte] as number
    }
    return units.toString('utf16le')
  }
}
