import { invalid } from '../errors/imap-error.ts'
import { Secret } from '../wire/secret.ts'

/** A password as a caller may give it. A string is sent as UTF-8; bytes are sent as they are. */
export type PasswordInput = string | Uint8Array | Secret

const loneSurrogate = /\p{Surrogate}/u

/**
 * UTF-8 of a name (user, authorization identity). A lone surrogate would silently become U+FFFD, so it is refused; no
 * SASL mechanism can carry NUL in a name.
 */
export function nameBytes(name: string, what: string): Buffer {
  if (loneSurrogate.test(name)) throw invalid(`The ${what} holds half a surrogate pair`)
  if (name.includes('\0')) throw invalid(`The ${what} holds a NUL`)
  return Buffer.from(name, 'utf8')
}

/** As {@link nameBytes}, for a name that may not be empty. */
export function requiredNameBytes(name: string, what: string): Buffer {
  if (name === '') throw invalid(`The ${what} is empty`)
  return nameBytes(name, what)
}

/** The octets of a password. Messages say what is wrong, never where or with which character. */
export function passwordBytes(password: PasswordInput): Buffer {
  const plain = password instanceof Secret ? password.reveal() : password
  if (typeof plain !== 'string') return Buffer.from(plain)
  if (loneSurrogate.test(plain)) throw invalid('The password holds half a surrogate pair')
  return Buffer.from(plain, 'utf8')
}

/** The password as text, or null when its octets are not UTF-8. */
export function passwordText(password: PasswordInput): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(passwordBytes(password))
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

/** Keeps a secret in a closure until it is wanted, so that no property holds it. */
export function sealPassword(password: PasswordInput): Secret {
  return password instanceof Secret ? password : new Secret(password)
}
