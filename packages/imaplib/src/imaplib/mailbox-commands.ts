import type { ListArgument } from './arguments.ts'
import type { Argument, Result, TextResult } from './command-table.ts'
import { type DateTime, Time2Internaldate } from './dates.ts'
import { Engine } from './engine.ts'
import { IMAP4Readonly } from './imap4-errors.ts'
import { crlfLines } from './line-ends.ts'
import { repr } from './python-repr.ts'

/** Keyword arguments of `append()`. */
export interface AppendOptions {
  /** Whether each CR, LF and CRLF of the message is sent as CRLF. Default true; false sends the bytes as they are. */
  translate_line_endings?: boolean | undefined
}

/** The commands about mailboxes as such. */
export abstract class MailboxCommands extends Engine {
  /**
   * Puts a message into a mailbox (RFC 3501 §6.3.11).
   *
   * @param mailbox nothing (null, '') means INBOX
   * @param flags in parentheses or not, or a list; null for none
   * @param date_time see `Time2Internaldate`; a number is in seconds; null for the server's own time
   * @param message a string is sent as UTF-8
   * @example
   * await M.append('Drafts', '\\Draft', new Date(), 'Subject: hello\n\nworld\n')
   */
  append(
    mailbox: Argument | null,
    flags: ListArgument | null,
    date_time: DateTime | null,
    message: Uint8Array | string,
    options: AppendOptions = {},
  ): Promise<TextResult> {
    return this._turn(async () => {
      const given = typeof message === 'string' ? Buffer.from(message) : message
      const bytes = options.translate_line_endings === false ? given : crlfLines(given)
      const pieces = [
        this._args.mailbox(mailbox === null || mailbox === '' ? 'INBOX' : mailbox),
        flags === null || flags.length === 0 ? null : this._args.list(flags),
        date_time === null || date_time === '' || date_time === 0 ? null : Buffer.from(Time2Internaldate(date_time)),
      ]
      // RFC 6855 §4: in UTF-8 mode the message stands in a literal8 of its own item.
      const literal = this.utf8_enabled ? { bytes, before: 'UTF8 (~', after: ')' } : { bytes }
      return this._command_complete('APPEND', await this._command('APPEND', pieces, literal))
    })
  }

  /** A checkpoint of the selected mailbox, whatever that means to the server. */
  check(): Promise<TextResult> {
    return this._turn(() => this._simple_command('CHECK'))
  }

  /** Closes the selected mailbox, and removes the messages marked `\Deleted`. The state is AUTH whatever comes of it. */
  close(): Promise<TextResult> {
    return this.#leaving('CLOSE')
  }

  /** Closes the selected mailbox and removes nothing (RFC 3691). The state is AUTH whatever comes of it. */
  unselect(): Promise<TextResult> {
    return this.#leaving('UNSELECT')
  }

  create(mailbox: Argument): Promise<TextResult> {
    return this._turn(() => this._simple_command('CREATE', [this._args.mailbox(mailbox)]))
  }

  delete(mailbox: Argument): Promise<TextResult> {
    return this._turn(() => this._simple_command('DELETE', [this._args.mailbox(mailbox)]))
  }

  rename(oldmailbox: Argument, newmailbox: Argument): Promise<TextResult> {
    return this._turn(() =>
      this._simple_command('RENAME', [this._args.mailbox(oldmailbox), this._args.mailbox(newmailbox)]),
    )
  }

  subscribe(mailbox: Argument): Promise<TextResult> {
    return this._turn(() => this._simple_command('SUBSCRIBE', [this._args.mailbox(mailbox)]))
  }

  unsubscribe(mailbox: Argument): Promise<TextResult> {
    return this._turn(() => this._simple_command('UNSUBSCRIBE', [this._args.mailbox(mailbox)]))
  }

  /**
   * The mailboxes in `directory` whose names match `pattern` (RFC 3501 §6.3.8). One item a mailbox, as the server sent
   * it: `(\HasNoChildren) "/" INBOX`.
   */
  list(directory: Argument = '""', pattern: Argument = '*'): Promise<Result> {
    return this.#listing('LIST', directory, pattern)
  }

  /** As `list()`, of the subscribed mailboxes. */
  lsub(directory: Argument = '""', pattern: Argument = '*'): Promise<Result> {
    return this.#listing('LSUB', directory, pattern)
  }

  /**
   * Selects a mailbox. Everything in `untagged_responses` is forgotten first.
   *
   * @returns the EXISTS lines, which also stay in the store: `['OK', [Buffer '3']]`. A NO is returned, not thrown.
   * @throws IMAP4.readonly when the mailbox turns out to be read-only and `readonly` is false
   */
  select(mailbox: Argument = 'INBOX', readonly = false): Promise<Result> {
    return this._turn(async () => {
      const name = this._args.mailbox(mailbox)
      this.untagged_responses.clear()
      this.is_readonly = readonly
      const [typ, data] = await this._simple_command(readonly ? 'EXAMINE' : 'SELECT', [name])
      if (typ !== 'OK') {
        this.state = 'AUTH'
        return [typ, data]
      }
      this.state = 'SELECTED'
      if (this.untagged_responses.has('READ-ONLY') && !readonly) {
        if (this.debug >= 1) this._log.dump(this.untagged_responses)
        throw new IMAP4Readonly(`${repr(mailbox)} is not writable`, { code: 'ESTATE', command: 'SELECT' })
      }
      return [typ, [...(this.untagged_responses.get('EXISTS') ?? [null])]]
    })
  }

  /**
   * Counts of a mailbox that is not selected (RFC 3501 §6.3.10).
   *
   * @example
   * await M.status('INBOX', '(MESSAGES UIDNEXT)') // ['OK', [Buffer 'INBOX (MESSAGES 231 UIDNEXT 44292)']]
   */
  status(mailbox: Argument, names: ListArgument): Promise<Result> {
    return this._turn(() => this._asking('STATUS', [this._args.mailbox(mailbox), this._args.newList(names)]))
  }

  #listing(name: string, directory: Argument, pattern: Argument): Promise<Result> {
    return this._turn(() => this._asking(name, [this._args.mailbox(directory), this._args.listPattern(pattern)]))
  }

  #leaving(name: string): Promise<TextResult> {
    return this._turn(async () => {
      try {
        return await this._simple_command(name)
      } finally {
        this.state = 'AUTH'
      }
    })
  }
}
