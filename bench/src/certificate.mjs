import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A self-signed certificate for localhost, made once with the openssl command and kept in the cache.
 * @param {string} folder @returns {{ key: string, certificate: string } | undefined} nothing without openssl
 */
export const certificate = (folder) => {
  const files = { key: join(folder, 'tls.key'), certificate: join(folder, 'tls.pem') }
  if (existsSync(files.certificate)) return files
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', files.key]
  try {
    execFileSync('openssl', ['req', '-x509', '-days', '3650', ...key, '-out', files.certificate, ...subject], {
      stdio: 'pipe',
    })
    return files
  } catch {
    return undefined
  }
}
