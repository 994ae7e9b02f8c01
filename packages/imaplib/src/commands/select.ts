import { responseCode } from '../responses/response-code.ts'
import type { FetchedMessage } from '../responses/fetched-message.ts'
import type { Response } from '../responses/registry.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { CommandWriter } from '../wire/writer.ts'
import type { StatusLine } from '../connection/status-line.ts'
import { invalid } from '../errors/imap-error.ts'
import type { Collector, Command, CommandContext } from './command.ts'
import { MailboxState } from './mailbox-state.ts'
import { applyMailboxCode } from './news.ts'
import type { Session } from './session.ts'

/** What a client knew when it last had the mailbox selected: the server then tells what has changed (RFC 7162 §3.2.5). */
export interface QuickResync {
  readonly uidValidity: number
  readonly modSeq: bigint
  /** The UIDs that the client knows; without it: all from 1. */
  readonly knownUids?: SequenceSet | undefined
}

export interface SelectOptions {
  /** EXAMINE: nothing can be changed, and `\Recent` stays (RFC 9051 §6.3.3). Default false. */
  readonly readOnly?: boolean | undefined
  /** Needs QRESYNC enabled. */
  readonly resync?: QuickResync | undefined
}

/** What SELECT told. */
export interface Selected {
  readonly state: MailboxState
  /** With {@link SelectOptions.resync}: the messages that had changed. */
  readonly changed: readonly FetchedMessage[]
  /** Null unless the server said which UIDs are gone. */
  readonly vanished: SequenceSet | null
}

export type SelectArguments = [mailbox: string, options: SelectOptions, session: Session]

/**
 * SELECT and EXAMINE (RFC 9051 §6.3.2, §6.3.3), with QRESYNC (RFC 7162 §3.2.5) and CONDSTORE where they are enabled.
 *
 * The mailbox that was selected before is left at once; when the server refuses, none is selected.
 */
export const select: Command<SelectArguments, Selected> = {
  name: 'SELECT',
  states: ['authenticated', 'selected'],
  idempotent: true,
  // What follows means another mailbox.
  order: () => 'alone',
  needs: ([, { resync }]) => (resync === undefined ? [] : ['QRESYNC']),
  write(out, [mailbox, options], context) {
    out.atom(options.readOnly === true ? 'EXAMINE' : 'SELECT').mailbox(mailbox)
    writeParameters(out, options, context)
  },
  collect: ([mailbox, { readOnly = false, resync }, session]) =>
    new Selection(mailbox, readOnly, session, resync !== undefined),
  onCompletion(completion, [, , session]) {
    if (completion.status !== 'OK') session.markSelected(null)
  },
}

const writeParameters = (out: CommandWriter, { resync }: SelectOptions, context: CommandContext): void => {
  if (resync === undefined) {
    // CONDSTORE as a parameter is the way to have mod-sequences where there is no ENABLE (RFC 7162 §3.1.8).
    if (context.has('CONDSTORE') && !context.isEnabled('CONDSTORE')) out.list(['CONDSTORE'], (each) => out.atom(each))
    return
  }
  if (!context.isEnabled('QRESYNC')) throw invalid('resync needs QRESYNC to be enabled first (RFC 7162 §3.2.5)')
  const { uidValidity, modSeq, knownUids } = resync
  out.open().atom('QRESYNC').open().number(uidValidity).number(modSeq)
  if (knownUids !== undefined && !knownUids.isEmpty) out.set(knownUids)
  out.close().close()
}

/** Collects what belongs to the mailbox that is being selected. */
class Selection implements Collector<Selected> {
  private readonly session: Session
  private state: MailboxState
  private readonly name: string
  private readonly readOnly: boolean
  private readonly resyncs: boolean
  private changed: FetchedMessage[] = []
  private vanished: SequenceSet | null = null
  private exists = 0
  private recent = 0

  /** @param resyncs whether it was asked what has changed: what nobody asked for is not kept */
  constructor(name: string, readOnly: boolean, session: Session, resyncs: boolean) {
    this.session = session
    this.resyncs = resyncs
    this.name = name
    this.readOnly = readOnly
    this.state = new MailboxState(name, readOnly)
  }

  claim(response: Response): boolean {
    const { state } = this
    switch (response.type) {
      case 'EXISTS':
        this.exists = response.count
        return true
      case 'RECENT':
        this.recent = response.count
        return true
      case 'FLAGS':
        state.flags = response.flags.names
        return true
      case 'OK':
        if (response.code?.name === 'CLOSED') this.begin()
        return response.code !== null && applyMailboxCode(state, response.code)
      case 'FETCH':
        if (this.resyncs) this.changed.push(response)
        return true
      case 'VANISHED':
        if (this.resyncs) this.vanished = this.vanished === null ? response.uids : this.vanished.union(response.uids)
        return true
      case 'EXPUNGE':
        return true
      case 'LIST':
        // IMAP4rev2 servers name the mailbox as they would list it (RFC 9051 §6.3.2).
        return true
      default:
        return false
    }
  }

  result(completion: StatusLine): Selected {
    const { state } = this
    const code = responseCode(completion)
    if (code !== null) applyMailboxCode(state, code)
    state.exists = this.exists
    state.recent = this.recent
    if (this.readOnly) state.readOnly = true
    this.session.markSelected(state)
    return { state, changed: this.changed, vanished: this.vanished }
  }

  /** CLOSED: all before it was about the mailbox selected until now (RFC 9051 §7.1). */
  private begin(): void {
    this.session.markSelected(null)
    this.state = new MailboxState(this.name, this.readOnly)
    this.changed = []
    this.vanished = null
    this.exists = 0
    this.recent = 0
  }
}
