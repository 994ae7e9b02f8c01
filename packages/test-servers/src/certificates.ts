import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, giveTo } from './account.ts'

const run = promisify(execFile)

/** A certificate and its key, as files and as PEM text. */
export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

/** What a server may show: a good certificate, or one that a client has to refuse. */
export type CertificateKind = 'good' | 'expired' | 'wrong-host' | 'self-signed'

/** A certificate authority in a folder, which issues on demand and remembers what it issued. */
export interface Authority {
  readonly caFile: string
  readonly ca: string
  /**
   * For a server. `good` names localhost, mail.example (which examples use), 127.0.0.1, 127.0.0.2 and ::1; `expired` the same, but ended yesterday; `wrong-host` names
   * other.example; `self-signed` is right but of no authority.
   */
  readonly server: (kind?: CertificateKind) => Promise<Certificate>
  /** For a client: the user's name is the subject's common name. */
  readonly client: (user: string) => Promise<Certificate>
}

const names = 'DNS:localhost,DNS:mail.example,IP:127.0.0.1,IP:127.0.0.2,IP:0:0:0:0:0:0:0:1'
const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'

const openssl = (command: string, options: readonly (readonly [string, string])[]) =>
  run('openssl', [...command.split(' '), ...options.flat()])

/** Makes a certificate authority in `folder`; the files belong to `account`. */
export const createAuthority = async (folder: string, account?: Account): Promise<Authority> => {
  mkdirSync(folder, { recursive: true })
  if (account !== undefined) giveTo(account, folder)
  const at = (file: string) => join(folder, file)
  const caFile = at('ca.pem')
  await openssl(`req -x509 ${newKey} -days 3650`, [
    ['-subj', '/CN=IMAP test authority'],
    ['-addext', 'basicConstraints=critical,CA:TRUE'],
    ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ['-keyout', at('ca.key')],
    ['-out', caFile],
  ])

  const loaded = (name: string): Certificate => {
    const [certFile, keyFile] = [at(`${name}.pem`), at(`${name}.key`)]
    if (account !== undefined) for (const file of [certFile, keyFile]) giveTo(account, file)
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  }
  const issue = async (name: string, subject: string, extension: string, days: string): Promise<Certificate> => {
    const request = at(`${name}.csr`)
    await openssl(`req ${newKey}`, [
      ['-subj', subject],
      ['-keyout', at(`${name}.key`)],
      ['-out', request],
    ])
    const extensions = at(`${name}.ext`)
    writeFileSync(extensions, `${extension}\n`)
    await openssl(`x509 -req -days ${days} -set_serial 0x${randomSerial()}`, [
      ['-in', request],
      ['-CA', caFile],
      ['-CAkey', at('ca.key')],
      ['-extfile', extensions],
      ['-out', at(`${name}.pem`)],
    ])
    return loaded(name)
  }
  const selfSigned = async (name: string): Promise<Certificate> => {
    await openssl(`req -x509 ${newKey} -days 3650`, [
      ['-subj', '/CN=localhost'],
      ['-addext', `subjectAltName=${names}`],
      ['-keyout', at(`${name}.key`)],
      ['-out', at(`${name}.pem`)],
    ])
    return loaded(name)
  }

  const issued = new Map<string, Promise<Certificate>>()
  const once = (name: string, make: (name: string) => Promise<Certificate>): Promise<Certificate> => {
    const made = issued.get(name) ?? make(name)
    issued.set(name, made)
    return made
  }
  const ofKind: Record<CertificateKind, (name: string) => Promise<Certificate>> = {
    good: (name) => issue(name, '/CN=localhost', `subjectAltName=${names}`, '3650'),
    expired: (name) => issue(name, '/CN=localhost', `subjectAltName=${names}`, '-1'),
    'wrong-host': (name) => issue(name, '/CN=other.example', 'subjectAltName=DNS:other.example', '3650'),
    'self-signed': selfSigned,
  }
  return {
    caFile,
    ca: readFileSync(caFile, 'utf8'),
    server: (kind = 'good') => once(`server-${kind}`, ofKind[kind]),
    client: async (user) => {
      if (!/^[a-z0-9]+$/.test(user)) throw new RangeError(`not the name of a test user: ${user}`)
      return await once(`client-${user}`, (name) => issue(name, `/CN=${user}`, 'extendedKeyUsage=clientAuth', '3650'))
    },
  }
}

const randomSerial = (): string => `01${randomBytes(15).toString('hex')}`
