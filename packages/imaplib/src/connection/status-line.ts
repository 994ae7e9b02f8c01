/** The status of a completion, greeting or untagged status response (RFC 9051 §7.1). */
export type Status = 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH'

/** `OK [CODE arguments] text`, cut but not interpreted; the rooms above give the code its meaning. */
export interface StatusLine {
  readonly status: Status
  /** Upper case, `''` when there is none. */
  readonly code: string
  /** What follows the code's name inside the brackets, as it was sent (latin1: each char is a byte). */
  readonly codeArguments: string
  /** The human text, as UTF-8 where it is valid UTF-8. */
  readonly text: string
}

/**
 * Cuts `OK [CODE arguments] text` (RFC 9051 §9, resp-cond-state).
 *
 * Brackets inside quoted strings do not end the code; text may be missing, since servers leave it out
 * (`* OK [HIGHESTMODSEQ 5]`).
 *
 * @param line a latin1 string, each char a byte
 * @returns null when the line does not begin with a status
 */
export const parseStatusLine = (line: string): StatusLine | null => {
  // Nearly all completions are this simple: `OK Fetch completed.`
  if (line.startsWith('OK ') && isWordAt(line, 3))
    return { status: 'OK', code: '', codeArguments: '', text: asText(line.slice(3)) }
  const space = line.indexOf(' ')
  const status = statuses.get((space === -1 ? line : line.slice(0, space)).toUpperCase())
  if (status === undefined) return null
  const rest = space === -1 ? '' : line.slice(space + 1).trimStart()
  if (!rest.startsWith('[')) return { status, code: '', codeArguments: '', text: asText(rest) }
  const close = codeEnd(rest)
  if (close === -1) return { status, code: '', codeArguments: '', text: asText(rest) }
  const inside = rest.slice(1, close)
  const gap = inside.indexOf(' ')
  return {
    status,
    code: (gap === -1 ? inside : inside.slice(0, gap)).toUpperCase(),
    codeArguments: gap === -1 ? '' : inside.slice(gap + 1),
    text: asText(rest.slice(close + 1).trimStart()),
  }
}

/** What stands there is neither a code nor another space. */
const isWordAt = (line: string, at: number): boolean => {
  const char = line.charCodeAt(at)
  return char > 0x20 && char < 0x7f && char !== 0x5b
}

const statuses = new Map<string, Status>([
  ['OK', 'OK'],
  ['NO', 'NO'],
  ['BAD', 'BAD'],
  ['BYE', 'BYE'],
  ['PREAUTH', 'PREAUTH'],
])

/** The `]` that closes the code: the first one outside of quoted strings and of parentheses (flags hold `]` at times). */
const codeEnd = (text: string): number => {
  let quoted = false
  let depth = 0
  for (let at = 1; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (quoted) {
      if (char === 0x5c) at += 1
      else if (char === 0x22) quoted = false
    } else if (char === 0x22) quoted = true
    else if (char === 0x28) depth += 1
    else if (char === 0x29) depth -= 1
    else if (char === 0x5d && depth <= 0) return at
  }
  // An unbalanced quote or parenthesis: the first bracket is the better guess.
  return text.indexOf(']')
}

const asText = (latin1: string): string => {
  if (!/[\x80-\xff]/.test(latin1)) return latin1
  const utf8 = Buffer.from(latin1, 'latin1').toString('utf8')
  return utf8.includes('\ufffd') ? latin1 : utf8
}
