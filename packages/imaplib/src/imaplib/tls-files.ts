import { readPem } from '../transport/pem.ts'
import type { TlsOptions } from '../transport/tls.ts'

/** The arguments of the old manual: PEM files of the client's own key and certificate chain. */
export interface KeyFiles {
  /** Path of a PEM file with the private key. Default: it is in `certfile`. */
  keyfile?: string | undefined
  /** Path of a PEM file with the certificate chain. */
  certfile?: string | undefined
}

/** TLS options as Node names them, and the manual's `keyfile` and `certfile`. */
export interface FileTlsOptions extends TlsOptions, KeyFiles {}

/**
 * Reads the files into `key` and `cert`.
 *
 * @throws ImapError `EINVALID`, which names the path, if a file cannot be read or is not PEM
 */
export const withKeyFiles = async ({ keyfile, certfile, ...options }: FileTlsOptions): Promise<TlsOptions> => {
  if (certfile !== undefined) options.cert = await readPem(certfile)
  const keyPath = keyfile ?? (options.key === undefined ? certfile : undefined)
  if (keyPath !== undefined) options.key = await readPem(keyPath)
  return options
}
