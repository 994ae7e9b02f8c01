import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Pair {
  cert: string
  key: string
}

export interface CertificateOptions {
  /** The subjectAltName, as OpenSSL has it: `DNS:a.example,IP:127.0.0.1`. Without one there is only the common name. */
  san?: string
  commonName?: string
  /** Validity, `YYYYMMDDHHMMSSZ`. */
  from?: string
  to?: string
  /** Who signs; absent for self-signed. */
  issuer?: Pair
  ca?: boolean
  /** Arguments of `openssl genpkey`. */
  algorithm?: string[]
  /** Further arguments of the signing command. */
  signing?: string[]
}

/** Makes certificates with the `openssl` command in a directory of its own. */
export class CertificateMaker {
  private readonly directory: string
  private count = 0

  private constructor(directory: string) {
    this.directory = directory
  }

  static async create(): Promise<CertificateMaker> {
    return new CertificateMaker(await mkdtemp(join(tmpdir(), 'imaplib-certificates-')))
  }

  async make(options: CertificateOptions): Promise<Pair> {
    const { commonName = 'test', algorithm = ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] } = options
    const stem = join(this.directory, String(++this.count))
    await run('openssl', ['genpkey', '-algorithm', ...algorithm, '-out', `${stem}.key`])
    const request = ['req', '-new', '-key', `${stem}.key`, '-subj', `/CN=${commonName}`, '-out', `${stem}.csr`]
    await run('openssl', request)
    const extensions = [
      `basicConstraints=critical,CA:${options.ca === true ? 'TRUE' : 'FALSE'}`,
      ...(options.san === undefined ? [] : [`subjectAltName=${options.san}`]),
    ]
    await writeFile(`${stem}.ext`, `[x]\n${extensions.join('\n')}\n`)
    const issuer = options.issuer
    const [issuerCert, issuerKey] =
      issuer === undefined ? [`${stem}.none`, `${stem}.key`] : await this.place(stem, issuer)
    await writeFile(`${stem}.db`, '')
    await writeFile(
      `${stem}.cnf`,
      `[ca]\ndefault_ca=d\n[d]\ndatabase=${stem}.db\nnew_certs_dir=${this.directory}\nrand_serial=yes\n` +
        `default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=optional\n`,
    )
    const place = `-config ${stem}.cnf -batch -notext -in ${stem}.csr -out ${stem}.crt`.split(' ')
    const signer = issuer === undefined ? ['-selfsign'] : ['-cert', issuerCert]
    const validity = ['-startdate', options.from ?? '20200101000000Z', '-enddate', options.to ?? '20900101000000Z']
    const extended = ['-extfile', `${stem}.ext`, '-extensions', 'x', ...(options.signing ?? [])]
    await run('openssl', ['ca', ...place, ...signer, '-keyfile', issuerKey, ...validity, ...extended])
    return { cert: await readFile(`${stem}.crt`, 'utf8'), key: await readFile(`${stem}.key`, 'utf8') }
  }

  private async place(stem: string, pair: Pair): Promise<[string, string]> {
    await writeFile(`${stem}.issuer.crt`, pair.cert)
    await writeFile(`${stem}.issuer.key`, pair.key)
    return [`${stem}.issuer.crt`, `${stem}.issuer.key`]
  }

  async dispose(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }
}
