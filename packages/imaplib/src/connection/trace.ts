import type { Frame } from '../wire/frame.ts'
import { lineEnd, literalSizeAt } from '../wire/literal-header.ts'

const LF = 0x0a

/** A response as one line to show: literals longer than this many octets appear by their size. */
const SHOWN = 200

/** A received frame for a trace: lines as they came, the octets of literals as `<n octets>`, control characters visible. */
export const traceable = (frame: Frame): string => {
  const { bytes } = frame
  let line = ''
  let at = frame.start
  let external = 0
  while (at < frame.end) {
    const lf = bytes.indexOf(LF, at)
    if (lf === -1 || lf >= frame.end) return line + visible(bytes.toString('latin1', at, frame.end))
    const end = lineEnd(bytes, at, lf)
    line += `${visible(bytes.toString('latin1', at, end))} `
    const size = Math.max(0, literalSizeAt(bytes, at, end))
    at = lf + 1
    if (frame.externals?.[external]?.position === at) external += 1
    else {
      if (size <= SHOWN) line += visible(bytes.toString('latin1', at, at + size))
      at += size
    }
    if (size > SHOWN) line += `<${size} octets>`
  }
  return line
}

/** Control characters as `\xNN`, so that a trace shown on a terminal cannot command it. */
export const visible = (text: string): string =>
  text.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
