import { createHash } from 'node:crypto'

/** Signature algorithms (DER of the OID, in hex) and the hash that RFC 5929 §4.1 takes for each: MD5, SHA-1 → SHA-256. */
const hashBySignature = new Map<string, string>([
  ['2a864886f70d010104', 'sha256'], // md5WithRSAEncryption
  ['2a864886f70d010105', 'sha256'], // sha1WithRSAEncryption
  ['2a864886f70d01010e', 'sha224'], // sha224WithRSAEncryption
  ['2a864886f70d01010b', 'sha256'], // sha256WithRSAEncryption
  ['2a864886f70d01010c', 'sha384'], // sha384WithRSAEncryption
  ['2a864886f70d01010d', 'sha512'], // sha512WithRSAEncryption
  ['2a8648ce3d0401', 'sha256'], // ecdsa-with-SHA1
  ['2a8648ce3d040301', 'sha224'], // ecdsa-with-SHA224
  ['2a8648ce3d040302', 'sha256'], // ecdsa-with-SHA256
  ['2a8648ce3d040303', 'sha384'], // ecdsa-with-SHA384
  ['2a8648ce3d040304', 'sha512'], // ecdsa-with-SHA512
  ['2a8648ce380403', 'sha256'], // dsa-with-SHA1
  ['608648016503040302', 'sha256'], // dsa-with-SHA256
])
const RSASSA_PSS = '2a864886f70d01010a'

/** Hash functions by OID, for the parameters of RSASSA-PSS (RFC 4055 §2.1, §3.1). */
const hashByOid = new Map<string, string>([
  ['2b0e03021a', 'sha256'], // SHA-1
  ['608648016503040204', 'sha224'],
  ['608648016503040201', 'sha256'],
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
])

/**
 * The hash of the certificate (DER) by the hash function of its own signature: RFC 5929 §4.1. Null if the signature has
 * no single hash function, as Ed25519: there the binding is not defined.
 */
export function serverEndPoint(certificate: Buffer): Buffer | null {
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OID, parameters }, signature }
  const outer = readElement(certificate, 0)
  const signed = outer && readElement(certificate, outer.start)
  const algorithm = signed && readElement(certificate, signed.end)
  const oid = algorithm && readElement(certificate, algorithm.start)
  if (!oid || oid.tag !== 0x06) return null
  const name = certificate.toString('hex', oid.start, oid.end)
  const hash = name === RSASSA_PSS ? pssHash(certificate.subarray(oid.end, algorithm.end)) : hashBySignature.get(name)
  return hash === undefined ? null : createHash(hash).update(certificate).digest()
}

/** RSASSA-PSS-params ::= SEQUENCE { [0] hashAlgorithm SEQUENCE { OID … } DEFAULT sha1, … } */
function pssHash(parameters: Buffer): string | undefined {
  const sequence = readElement(parameters, 0)
  if (!sequence || sequence.start === sequence.end) return 'sha256'
  const tagged = readElement(parameters, sequence.start)
  if (!tagged || tagged.tag !== 0xa0) return 'sha256'
  const algorithm = readElement(parameters, tagged.start)
  const oid = algorithm && readElement(parameters, algorithm.start)
  return oid ? hashByOid.get(parameters.toString('hex', oid.start, oid.end)) : undefined
}

interface Element {
  tag: number
  start: number
  end: number
}

/** One DER element (X.690 §8.1) with a one-byte tag, or null if it does not fit into the bytes. */
function readElement(der: Buffer, at: number): Element | null {
  const tag = der[at]
  const first = der[at + 1]
  if (tag === undefined || first === undefined) return null
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (lengthBytes > 4 || at + 2 + lengthBytes > der.length || first === 0x80) return null
  const size = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes)
  const start = at + 2 + lengthBytes
  return start + size > der.length ? null : { tag, start, end: start + size }
}
