import { ImapError } from '../errors/imap-error.ts'

const certificateText = new Map<string, string>([
  ['CERT_HAS_EXPIRED', 'the certificate has expired: the server needs a new one (or the clock here is wrong)'],
  ['CERT_NOT_YET_VALID', 'the certificate is not valid yet: check the clock here and on the server'],
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'the certificate is self-signed: pass it as `ca` if it is the right one, or pin it with `fingerprint`',
  ],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'the certificate comes from a certificate authority that is not known here: pass the certificate of that CA as `ca`',
  ],
  [
    'UNABLE_TO_GET_ISSUER_CERT',
    'the chain of certificates is not complete: pass the certificate of the issuing CA as `ca`',
  ],
  [
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'the certificate comes from a certificate authority that is not known here: pass the certificate of that CA as `ca`',
  ],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'the certificate comes from an unknown authority, or the server leaves out an intermediate one: pass it as `ca`',
  ],
  ['CERT_UNTRUSTED', 'the root of the chain of certificates is not trusted for servers: pass the right `ca`'],
  ['CERT_REVOKED', 'the certificate was revoked: do not connect; tell the operator of the server'],
  ['CERT_REJECTED', 'the certificate is rejected by its certificate authority'],
  ['CERT_CHAIN_TOO_LONG', 'the chain of certificates is too long'],
  [
    'CERT_SIGNATURE_FAILURE',
    'a signature in the chain of certificates is wrong: it was changed, or `ca` is another CA',
  ],
  ['INVALID_CA', 'a certificate in the chain is not one of a certificate authority'],
  ['INVALID_PURPOSE', 'the certificate is not meant for servers: the server needs one for TLS server authentication'],
  ['PATH_LENGTH_EXCEEDED', 'the chain of certificates is longer than its authority allows'],
  ['HOSTNAME_MISMATCH', 'the certificate is for another name'],
])

const handshakeText = new Map<string, string>([
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'the server does not speak TLS on this port: use port 993, or STARTTLS on port 143'],
  [
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    'the server does not speak TLS on this port: use port 993, or STARTTLS on port 143',
  ],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'the server only knows TLS versions too old to be safe: it needs TLS 1.2 or later'],
  [
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'the server only knows other TLS versions than allowed here (`minVersion`, by default TLS 1.2)',
  ],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'no cipher in common with the server, or it asks for a client certificate'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'the server asks for a client certificate: pass `cert` and `key`'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'the server does not know the authority of the client certificate (`cert`)'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'the server refuses the client certificate (`cert`)'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'the server says that the client certificate (`cert`) has expired'],
  ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'the server knows none of the protocols offered by `alpn`'],
  ['ERR_SSL_DH_KEY_TOO_SMALL', 'the Diffie-Hellman key of the server is too short to be safe'],
  ['ERR_SSL_EE_KEY_TOO_SMALL', 'the key of the server is too short to be safe'],
])

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '')

/**
 * An `ETLS` that says in one line what is wrong and what to do, if `error` comes from TLS; else `error` as it is.
 *
 * The message is ours: names in a certificate are the peer's text, and stay in `cause`.
 */
export function explainTlsError(error: unknown, where: string, name: string): unknown {
  if (!(error instanceof Error) || error instanceof ImapError) return error
  const code = codeOf(error)
  const text = certificateText.get(code) ?? handshakeText.get(code)
  if (text !== undefined) return new ImapError('ETLS', `${where}: ${text} (${code})`, { cause: error })
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const missing = error.message.endsWith('no subjectAltName')
    const what = missing
      ? `the certificate names no host in its subjectAltName, so it is not good for ${name}: the server needs a new one`
      : `the certificate is not for ${name}: connect by the name it is for, or set \`servername\` if that is intended`
    return new ImapError('ETLS', `${where}: ${what} (${code})`, { cause: error })
  }
  if (/^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO$)/.test(code)) {
    return new ImapError('ETLS', `${where}: the TLS handshake failed (${code})`, { cause: error })
  }
  // Other verification codes (`CRL_…`, `EE_KEY_TOO_SMALL`) have an underscore, and no errno as system errors do.
  if (code.includes('_') && !code.startsWith('ERR_') && !('errno' in error)) {
    return new ImapError('ETLS', `${where}: the certificate was refused (${code})`, { cause: error })
  }
  return error
}
