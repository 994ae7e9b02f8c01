const CR = 0x0d
const LF = 0x0a

/** Every CR, LF and CRLF of a message as CRLF, as `append()` sends it. Returns the same bytes if nothing is to be done. */
export const crlfLines = (message: Uint8Array): Uint8Array => {
  let missing = 0
  for (let at = 0; at < message.length; at += 1) {
    const byte = message[at]
    if (byte === LF) missing += 1
    else if (byte === CR) {
      if (message[at + 1] === LF) at += 1
      else missing += 1
    }
  }
  if (missing === 0) return message
  const mapped = Buffer.allocUnsafe(message.length + missing)
  let to = 0
  for (let at = 0; at < message.length; at += 1) {
    const byte = message[at] as number
    if (byte !== CR && byte !== LF) mapped[to++] = byte
    else {
      mapped[to++] = CR
      mapped[to++] = LF
      if (byte === CR && message[at + 1] === LF) at += 1
    }
  }
  return mapped
}
