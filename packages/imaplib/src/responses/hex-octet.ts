/** The octet that two hexadecimal digits at `at` write, upper or lower case; negative when they are not two digits. */
export const hexOctet = (bytes: Uint8Array, at: number): number => (hexDigit(bytes[at]) << 4) | hexDigit(bytes[at + 1])

/** The value of one hexadecimal digit; -1 when it is none: combined with others by `<<` and `|` it stays negative. */
export const hexDigit = (byte: number | undefined): number => {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
