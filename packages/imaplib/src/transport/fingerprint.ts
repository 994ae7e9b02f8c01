import { createHash, timingSafeEqual } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { ImapError, invalid } from '../errors/imap-error.ts'
import { peerCertificate } from './tls-details.ts'

/** SHA-256 values in hex, with or without colons, or base64; null if nothing is pinned. */
export function parseFingerprints(given: string | readonly string[] | undefined): Buffer[] | null {
  if (given === undefined) return null
  const list = typeof given === 'string' ? [given] : given
  if (list.length === 0) throw invalid('fingerprint: an empty list would refuse every server')
  return list.map(parseFingerprint)
}

function parseFingerprint(text: string): Buffer {
  const value = text.trim().replace(/^sha-?256[:/=]/i, '')
  const hex = value.replaceAll(':', '')
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, 'hex')
  if (/^[A-Za-z0-9+/]{43}=?$/.test(value)) return Buffer.from(value, 'base64')
  throw invalid('fingerprint must be a SHA-256: 64 hex digits (colons allowed), or 44 characters of base64')
}

/** Null if the server's certificate, or its public key, is one of the pinned. */
export function checkFingerprint(socket: TLSSocket, pins: readonly Buffer[], where: string): ImapError | null {
  const certificate = peerCertificate(socket)
  if (certificate === null) return new ImapError('ETLS', `${where}: the server sent no certificate to compare`)
  const digests = [certificate.raw, certificate.publicKey.export({ type: 'spki', format: 'der' })].map((bytes) =>
    createHash('sha256').update(bytes).digest(),
  )
  for (const pin of pins) {
    for (const digest of digests) if (timingSafeEqual(pin, digest)) return null
  }
  const seen = digests[0]?.toString('hex') ?? ''
  return new ImapError(
    'ETLS',
    `${where}: the certificate is not the pinned one (its SHA-256 is ${seen}): ` +
      'if the server got a new one, ask its operator for the new fingerprint',
  )
}
