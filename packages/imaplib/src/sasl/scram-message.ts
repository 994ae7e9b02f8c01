import { decodeBase64 } from './base64.ts'
import { saslError } from './mechanism.ts'

/** `r=…,s=…,i=…` (RFC 5802 §7, server-first-message). */
export interface ServerFirst {
  readonly nonce: string
  readonly salt: Buffer
  readonly iterations: number
}

/** `v=…` or `e=…` (RFC 5802 §7, server-final-message). */
export type ServerFinal = { readonly signature: Buffer } | { readonly error: string }

/** Far above what servers send; a salt is hashed once per login, a nonce several times. */
const MAX_SALT_LENGTH = 1024
const MAX_NONCE_LENGTH = 1024

/** RFC 5802 §7: every server-error-value that is registered. */
const errorValues = new Map([
  ['invalid-encoding', 'the message is badly encoded'],
  ['extensions-not-supported', 'an extension is not supported'],
  ['invalid-proof', 'the password is wrong'],
  ['channel-bindings-dont-match', 'the channel bindings differ: someone may be in the middle'],
  ['server-does-support-channel-binding', 'the server does support channel binding, but its list of mechanisms hid it'],
  ['channel-binding-not-supported', 'channel binding is not supported'],
  ['unsupported-channel-binding-type', 'this type of channel binding is not supported'],
  ['unknown-user', 'the user is unknown'],
  ['invalid-username-encoding', 'the user name is badly encoded'],
  ['no-resources', 'the server is out of resources'],
  ['other-error', 'no reason given'],
])

/** RFC 5802 §7: an unrecognised value is to be treated as `other-error`. */
export const knownErrorValue = (value: string): string => (errorValues.has(value) ? value : 'other-error')

/** The reason in words, for a message. */
export const describeErrorValue = (value: string): string => errorValues.get(knownErrorValue(value)) ?? value

/** Splits a message into its attributes, in order. Every one is a letter, `=`, and at least one character. */
function attributes(name: string, message: Uint8Array): [key: string, value: string][] {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(message)
  } catch {
    throw saslError(name, "the server's message is not UTF-8")
  }
  if (text.includes('\0')) throw saslError(name, "the server's message holds a NUL")
  return text.split(',').map((part) => {
    if (!/^[A-Za-z]=./s.test(part)) throw saslError(name, "the server's message is malformed")
    return [part.charAt(0), part.slice(2)]
  })
}

/**
 * The attributes that a message must begin with, in their order; what follows are optional extensions, to be ignored
 * (RFC 5802 §5.1), unless they repeat one of those or are the mandatory `m`, which we do not know.
 */
function required(name: string, parts: [key: string, value: string][], keys: readonly string[]): string[] {
  if (parts.some(([key]) => key === 'm')) throw saslError(name, 'the server demands an extension')
  for (const key of keys) {
    if (parts.filter(([found]) => found === key).length > 1) throw saslError(name, `the server sent ${key}= twice`)
  }
  return keys.map((key, index) => {
    const part = parts[index]
    if (part?.[0] !== key) throw saslError(name, `the server's message lacks ${key}= where it belongs`)
    return part[1]
  })
}

/** Parses the server-first-message. An `e=` may come instead of it. */
export function parseServerFirst(
  name: string,
  message: Uint8Array,
  clientNonce: string,
): ServerFirst | { readonly error: string } {
  const parts = attributes(name, message)
  const [first] = parts
  if (first?.[0] === 'e') return { error: first[1] }
  const [nonce = '', saltText = '', iterationText = ''] = required(name, parts, ['r', 's', 'i'])

  // The server must add to our nonce, or it could replay an old exchange (RFC 5802 §5.1, `r`).
  if (!nonce.startsWith(clientNonce)) throw saslError(name, "the server's nonce does not begin with ours")
  if (nonce.length === clientNonce.length) throw saslError(name, 'the server added nothing to our nonce')
  if (nonce.length > MAX_NONCE_LENGTH) throw saslError(name, "the server's nonce is too long")
  if (!/^[\x21-\x7e]+$/.test(nonce)) throw saslError(name, "the server's nonce holds other than printable characters")

  if (saltText.length > Math.ceil(MAX_SALT_LENGTH / 3) * 4) throw saslError(name, "the server's salt is too long")
  const salt = decodeBase64(saltText)
  if (salt === null) throw saslError(name, "the server's salt is not base64")

  if (!/^[1-9][0-9]{0,15}$/.test(iterationText)) throw saslError(name, "the server's iteration count is not a number")
  return { nonce, salt, iterations: Number(iterationText) }
}

/** Parses the server-final-message. */
export function parseServerFinal(name: string, message: Uint8Array): ServerFinal {
  const parts = attributes(name, message)
  const [first] = parts
  if (first?.[0] === 'e') return { error: first[1] }
  const [text = ''] = required(name, parts, ['v'])
  const signature = decodeBase64(text)
  if (signature === null) throw saslError(name, "the server's signature is not base64")
  return { signature }
}

/** RFC 5802 §5.1, `n` and `a`: `,` and `=` are written `=2C` and `=3D`. */
export const escapeName = (text: string): string => text.replaceAll('=', '=3D').replaceAll(',', '=2C')
