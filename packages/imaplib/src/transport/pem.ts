import { readFile } from 'node:fs/promises'
import { ImapError } from '../errors/imap-error.ts'

/**
 * Reads a PEM file (RFC 7468) for `ca`, `cert` or `key`. Rejects with `EINVALID`, which names the path, if it cannot be
 * read or is not PEM.
 *
 * @example
 * await connectTls({ host, port: 993, cert: await readPem(certfile), key: await readPem(keyfile) })
 */
export async function readPem(path: string): Promise<Buffer> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new ImapError('EINVALID', `cannot read the PEM file ${path}: ${reason}`, { cause })
  }
  const begin = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(bytes.toString('latin1'))
  if (begin === null) throw new ImapError('EINVALID', `${path} is not a PEM file: it has no -----BEGIN …----- line`)
  if (!bytes.includes(`-----END ${begin[1]}-----`)) {
    throw new ImapError('EINVALID', `the PEM file ${path} is cut off: it has no -----END ${begin[1]}----- line`)
  }
  return bytes
}
