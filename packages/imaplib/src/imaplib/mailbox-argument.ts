/** A base64 run of modified UTF-7 (RFC 3501 §5.1.3): at least one UTF-16 unit, with the fitting number of letters. */
const run = /&([A-Za-z0-9+,]*)-/g

/**
 * A mailbox name as it goes out while UTF8=ACCEPT is not enabled: in modified UTF-7 (RFC 3501 §5.1.3), unless it is that
 * already. So names that a caller has from LIST go back as they came, and `Entwürfe` and `A&B` are right too.
 *
 * Control characters come out encoded: none reaches the wire as such.
 */
export const mailboxText = (name: string): string => (isModifiedUtf7(name) ? name : encoded(name))

/** Whether a name is written in modified UTF-7: ASCII, in which each `&` begins a well-formed run. */
export const isModifiedUtf7 = (name: string): boolean => {
  if (/[^\x20-\x7e]/.test(name)) return false
  const rest = name.replaceAll(run, (_match, letters: string) => (letters === '' || isUtf16(letters) ? '' : '&'))
  return !rest.includes('&')
}

const isUtf16 = (letters: string): boolean => {
  const bytes = Buffer.from(letters.replaceAll(',', '/'), 'base64')
  if (bytes.length === 0 || bytes.length % 2 !== 0) return false
  return !/\p{Surrogate}/u.test(bytes.swap16().toString('utf16le'))
}

const encoded = (name: string): string =>
  name.replaceAll(/&|[^\x20-\x7e]+/g, (part) => {
    if (part === '&') return '&-'
    const base64 = Buffer.from(part, 'utf16le').swap16().toString('base64')
    return `&${base64.replace(/=+$/, '').replaceAll('/', ',')}-`
  })
