import { checkServerIdentity, type PeerCertificate } from 'node:tls'

/**
 * Whether the certificate is for this name or IP address: RFC 9525 §6, as RFC 7817 §3 asks of IMAP clients.
 *
 * Node's own check falls back on the common name when there is no subjectAltName. RFC 9525 §2 has done away with that:
 * a common name is free text, and name constraints of a CA do not hold for it.
 */
export function checkIdentity(name: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname === undefined) {
    const message = `certificate for ${name} has no subjectAltName`
    return Object.assign(new Error(message), { code: 'ERR_TLS_CERT_ALTNAME_INVALID', host: name, cert: certificate })
  }
  return checkServerIdentity(name, certificate)
}
