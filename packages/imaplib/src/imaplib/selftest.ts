import { ImapError } from '../errors/imap-error.ts'
import { readPem } from '../transport/pem.ts'
import type { TlsOptions } from '../transport/tls.ts'
import { visible } from '../transport/visible.ts'
import type { IMAP4Options } from './conversation.ts'
import { IMAP4 } from './imap4.ts'
import { IMAP4_SSL } from './imap4-ssl.ts'
import { IMAP4_stream } from './imap4-stream.ts'
import { findPassword, readOptions, type SelfTestOptions, UsageError, usage } from './selftest-options.ts'
import { Tour } from './selftest-tour.ts'

/** Where `imaplib-selftest` writes, and what it asks. */
export interface SelfTestSurroundings {
  readonly environment: NodeJS.ProcessEnv
  out(line: string): void
  error(line: string): void
  askPassword(question: string): Promise<string>
}

/**
 * The self-test at the end of Python's module, as a program. It never throws: what goes wrong is told in one line.
 *
 * @returns the exit status: see `usage`
 */
export const selfTest = async (argv: readonly string[], around: SelfTestSurroundings): Promise<number> => {
  let stage = 3
  try {
    const options = readOptions(argv)
    if (options.help) {
      around.out(usage.trimEnd())
      return 0
    }
    const M = await connected(options)
    try {
      stage = 4
      if (options.tls === 'starttls') {
        stage = 3
        around.out('> starttls()')
        await M.starttls(await tlsOptions(options))
        around.out('  OK')
        stage = 4
      }
      const tour = new Tour(M, (line) => {
        // The login is the first command: whatever fails after it, is a failure of the tour.
        if (line.startsWith('> ') && !line.startsWith('> login(')) stage = 1
        around.out(line)
      })
      await tour.walk(async () => [
        options.user,
        await findPassword(options, around.environment, (question) => around.askPassword(question)),
      ])
      for (const reason of tour.skipped) around.out(`(left out: ${reason})`)
    } finally {
      await M.shutdown()
    }
    around.out('')
    around.out('All tests OK.')
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      around.error(`imaplib-selftest: ${error.message} (EUSAGE); try --help`)
      return 2
    }
    around.out('')
    around.out('Tests failed.')
    around.error(`imaplib-selftest: ${oneLine(error)}`)
    if (stage === 1) around.error('imaplib-selftest: with -d 5 it tells more')
    return stage
  }
}

const connected = async (options: SelfTestOptions): Promise<IMAP4> => {
  const { stream, host, port, debug, timeout, tls } = options
  const common: IMAP4Options = { debug, timeout }
  if (stream !== null) return IMAP4_stream.connect(stream, common)
  if (tls === 'tls') return IMAP4_SSL.connect(host, port ?? 993, { ...common, ...(await tlsOptions(options)) })
  return IMAP4.connect(host, port ?? 143, common)
}

const tlsOptions = async ({ caFile, verify }: SelfTestOptions): Promise<TlsOptions> => ({
  rejectUnauthorized: verify,
  ...(caFile !== null && { ca: await readPem(caFile) }),
})

/** The message and its code, on one line, whatever the server put into it. */
const oneLine = (error: unknown): string => {
  const { message, code } = error instanceof Error ? (error as Error & { code?: unknown }) : { message: '', code: '' }
  const text = message === '' ? String(error) : message
  const mark = typeof code === 'string' ? ` (${code})` : ''
  return `${visible(text.split('\n', 1)[0] ?? '')}${mark}${error instanceof ImapError && error.retryable ? '; it may work later' : ''}`
}
