import { MissingCapability } from '../errors/failures.ts'
import type { CommandContext } from './command.ts'

/**
 * For parts of a command that need a capability of their own; called while it is written, before a byte is sent.
 *
 * @param alternatives any of these will do; `APPENDLIMIT` also stands for `APPENDLIMIT=…`
 * @throws MissingCapability
 */
export const require = (context: CommandContext, alternatives: string | readonly string[], what: string): void => {
  const names = typeof alternatives === 'string' ? [alternatives] : alternatives
  if (!names.some((name) => context.has(name))) throw new MissingCapability(names, what)
}
