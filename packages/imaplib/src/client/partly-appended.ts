import { ImapError } from '../errors/imap-error.ts'
import type { Appended } from './appended.ts'

/** Some of several messages were stored, some not. The `cause` is the first failure. */
export class PartlyAppended extends ImapError {
  override name = 'PartlyAppended'
  /** In order: where each message is, null for one that was stored but whose place is not known, undefined for one that failed. */
  readonly appended: readonly (Appended | null | undefined)[]

  constructor(cause: Error, appended: readonly (Appended | null | undefined)[]) {
    const details = cause instanceof ImapError ? cause : undefined
    const stored = appended.filter((each) => each !== undefined).length
    // ECLOSED says that nothing was done and the call may be repeated, which is not so here.
    const code = details === undefined ? 'EINVALID' : details.code === 'ECLOSED' ? 'EUNKNOWNOUTCOME' : details.code
    super(code, `${stored} messages were stored, and then: ${cause.message}`, {
      responseCode: details?.responseCode,
      serverText: details?.serverText,
      command: 'APPEND',
      cause,
    })
    this.appended = appended
  }
}
