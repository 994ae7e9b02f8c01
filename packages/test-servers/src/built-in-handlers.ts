import type { Piece } from './scripted-connection.ts'
import type { CommandContext } from './scripted-server.ts'

/** What a scripted server does of itself, for commands that its script does not name. */
export type BuiltIn = (context: CommandContext) => AsyncIterable<Piece> | readonly Piece[] | Promise<void>

const logout: BuiltIn = async (context) => {
  await context.send('* BYE logging out', '$tag OK LOGOUT completed')
  context.end()
}

const authenticate: BuiltIn = async function* ({ args, readLine }) {
  // An initial response makes the challenge needless (RFC 4959). `*` gives up (RFC 9051 §6.2.2).
  if (args.includes(' ')) return yield '$tag OK authenticated'
  yield '+ '
  yield (await readLine()) === '*' ? '$tag BAD given up' : '$tag OK authenticated'
}

const select =
  (access: string): BuiltIn =>
  () => [
    '* 0 EXISTS',
    '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)',
    '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] limited',
    '* OK [UIDVALIDITY 1] valid',
    '* OK [UIDNEXT 1] next',
    `$tag OK [${access}] selected`,
  ]

const idle: BuiltIn = async function* ({ readLine }) {
  yield '+ idling'
  yield (await readLine()).toUpperCase() === 'DONE' ? '$tag OK IDLE terminated' : '$tag BAD expected DONE'
}

export const builtInHandlers: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  ['CAPABILITY', ({ capabilities }) => [`* CAPABILITY ${capabilities().join(' ')}`, '$tag OK CAPABILITY completed']],
  ['LOGIN', () => ['$tag OK LOGIN completed']],
  ['AUTHENTICATE', authenticate],
  ['LOGOUT', logout],
  ['NOOP', () => ['$tag OK NOOP completed']],
  ['SELECT', select('READ-WRITE')],
  ['EXAMINE', select('READ-ONLY')],
  ['IDLE', idle],
  [
    'STARTTLS',
    async ({ send, upgradeToTls }) => {
      await send('$tag OK begin TLS')
      await upgradeToTls()
    },
  ],
])
