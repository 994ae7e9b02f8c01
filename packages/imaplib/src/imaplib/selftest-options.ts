import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'

/** What `imaplib-selftest` was told to do. */
export interface SelfTestOptions {
  readonly help: boolean
  readonly debug: number
  /** The command whose standard input and output are the server; null for a network connection. */
  readonly stream: string | null
  readonly host: string
  /** Null for the usual one. */
  readonly port: number | null
  readonly user: string
  readonly tls: 'none' | 'starttls' | 'tls'
  readonly verify: boolean
  readonly caFile: string | null
  readonly passwordFile: string | null
  /** Milliseconds. */
  readonly timeout: number
}

/** The command line was not understood. */
export class UsageError extends Error {
  readonly code = 'EUSAGE'
}

export const usage = `imaplib-selftest: walks through the commands of an IMAP server, and shows what it answers.

  imaplib-selftest [options] [host [port]]
  imaplib-selftest [options] -s 'command'

  -d, --debug LEVEL       how much to tell of the conversation, 0 to 5 (on standard error; secrets are masked)
  -s, --stream COMMAND    the server is this shell command, on its standard input and output
  -u, --user USER         default: who you are on this machine
      --tls               TLS from the first byte (port 993)
      --starttls          TLS before the login (port 143)
      --ca-file FILE      trust the certificates in this PEM file
      --insecure          do not verify the server's certificate
      --password-file F   the password is the first line of this file
      --timeout MS        give up when the server says nothing for so long; default 30000
  -h, --help

The password is taken from --password-file, or the environment variable IMAPLIB_PASSWORD, or asked for.
The mailboxes that the test makes are removed at its end. INBOX is only looked at.

Exit status: 0 all went well, 1 a test failed, 2 bad usage, 3 no connection, 4 login refused.
`

/** @throws UsageError */
export const readOptions = (argv: readonly string[]): SelfTestOptions => {
  const { values, positionals } = parsed(argv)
  const [host = 'localhost', port, ...more] = positionals
  if (more.length > 0) throw new UsageError(`one argument too many: ${more[0]}`)
  if (values.stream !== undefined && positionals.length > 0)
    throw new UsageError('either -s or a host can be named, not both')
  if (values.tls === true && values.starttls === true) throw new UsageError('either --tls or --starttls, not both')
  if (values.stream !== undefined && (values.tls === true || values.starttls === true))
    throw new UsageError('a stream has no TLS')
  return {
    help: values.help === true,
    debug: whole('--debug', values.debug ?? '0', 0, 5),
    stream: values.stream ?? null,
    host,
    port: port === undefined ? null : whole('port', port, 1, 65535),
    user: values.user ?? userInfo().username,
    tls: values.tls === true ? 'tls' : values.starttls === true ? 'starttls' : 'none',
    verify: values.insecure !== true,
    caFile: values['ca-file'] ?? null,
    passwordFile: values['password-file'] ?? null,
    timeout: whole('--timeout', values.timeout ?? '30000', 1, 0x7fffffff),
  }
}

/** The password, from wherever it was said to be; `ask` is called if nothing was said. */
export const findPassword = async (
  { passwordFile, user, host }: SelfTestOptions,
  environment: NodeJS.ProcessEnv,
  ask: (question: string) => Promise<string>,
): Promise<string> => {
  if (passwordFile !== null) {
    const text = await readFile(passwordFile, 'utf8').catch((error: Error) => {
      throw new UsageError(`cannot read the password file: ${error.message}`)
    })
    return text.split(/\r?\n/, 1)[0] ?? ''
  }
  return environment['IMAPLIB_PASSWORD'] ?? ask(`IMAP password for ${user} on ${host}: `)
}

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        debug: { type: 'string', short: 'd' },
        stream: { type: 'string', short: 's' },
        user: { type: 'string', short: 'u' },
        tls: { type: 'boolean' },
        starttls: { type: 'boolean' },
        'ca-file': { type: 'string' },
        insecure: { type: 'boolean' },
        'password-file': { type: 'string' },
        timeout: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

const whole = (what: string, text: string, least: number, most: number): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most))
    throw new UsageError(`${what} must be a whole number from ${least} to ${most}, not ${text}`)
  return value
}
