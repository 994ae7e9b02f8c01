import { createHash, createHmac, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'

/** A hash that a SCRAM mechanism is named after: the name for node:crypto, and the octets of its output. */
export interface ScramHash {
  readonly algorithm: 'sha1' | 'sha256' | 'sha512'
  readonly length: number
}

/** What a password, a salt and an iteration count come to (RFC 5802 §3). As good as the password for this server. */
export interface ScramKeys {
  readonly clientKey: Buffer
  readonly storedKey: Buffer
  readonly serverKey: Buffer
}

const derive = promisify(pbkdf2)

const hmac = (hash: ScramHash, key: Uint8Array, text: string | Uint8Array): Buffer =>
  createHmac(hash.algorithm, key).update(text).digest()

/**
 * Hi() of RFC 5802 §2.2 is PBKDF2, and runs on a thread of Node's pool: the event loop goes on. Once begun it cannot be
 * stopped, so the caller bounds `iterations` before.
 */
export async function deriveKeys(
  hash: ScramHash,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
): Promise<ScramKeys> {
  const saltedPassword = await derive(password, salt, iterations, hash.length, hash.algorithm)
  const clientKey = hmac(hash, saltedPassword, 'Client Key')
  return {
    clientKey,
    storedKey: createHash(hash.algorithm).update(clientKey).digest(),
    serverKey: hmac(hash, saltedPassword, 'Server Key'),
  }
}

/** ClientProof := ClientKey XOR HMAC(StoredKey, AuthMessage) (RFC 5802 §3). */
export function clientProof(hash: ScramHash, keys: ScramKeys, authMessage: string): Buffer {
  const proof = hmac(hash, keys.storedKey, authMessage)
  for (const [index, octet] of keys.clientKey.entries()) proof[index] = (proof[index] ?? 0) ^ octet
  return proof
}

/** ServerSignature := HMAC(ServerKey, AuthMessage) (RFC 5802 §3). */
export const serverSignature = (hash: ScramHash, keys: ScramKeys, authMessage: string): Buffer =>
  hmac(hash, keys.serverKey, authMessage)
