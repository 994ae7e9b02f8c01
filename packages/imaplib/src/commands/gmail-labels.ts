import { invalid } from '../errors/imap-error.ts'
import { checkFlag } from '../wire/flags.ts'
import { encodeMailboxName } from '../wire/mailbox-name.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { CommandWriter } from '../wire/writer.ts'
import { command } from './command.ts'
import type { CallOptions } from './run.ts'
import type { MailboxRunner } from './runner.ts'
import type { MessageNumbers } from './search-keys/messages.ts'
import { piecesOf } from './uid-pieces.ts'

/** UID STORE X-GM-LABELS (Gmail's X-GM-EXT-1): which labels a message has. */
export const storeLabels = command({
  name: 'UID STORE',
  states: ['selected'],
  needs: 'X-GM-EXT-1',
  idempotent: true,
  write(out, [set, action, labels]: [set: SequenceSet, action: '+' | '-' | '', labels: readonly string[]]) {
    if (labels.length === 0 && action !== '') throw invalid('labels: none are named')
    out.set(set).verbatim(`${action}X-GM-LABELS.SILENT`)
    out.list(labels, (label) => writeLabel(out, label))
  },
  result: () => undefined,
  division: {
    set: ([set]) => set,
    only: ([, action, labels], set): [SequenceSet, '+' | '-' | '', readonly string[]] => [set, action, labels],
    merge: () => undefined,
  },
})

/** `\Inbox` and its like are words; the user's own are named as mailboxes are. */
const writeLabel = (out: CommandWriter, label: string): void => {
  if (typeof label !== 'string' || label === '') throw invalid('labels: a label must be text')
  if (label.startsWith('\\')) out.verbatim(checkFlag(label))
  else out.astring(encodeMailboxName(label))
}

/**
 * Labels of messages at Gmail. Read with `fetch(uids, { gmailLabels: true })`, found with `search({ gmailLabels: … })`.
 *
 * @example
 * await inbox.labels.add(uids, ['\\Starred', 'Receipts'])
 */
export const labels = (runner: MailboxRunner) => {
  const change =
    (action: '+' | '-' | '') =>
    async (uids: MessageNumbers, names: readonly string[], options: CallOptions = {}) => {
      await Promise.all(piecesOf(uids).map((piece) => runner.run(storeLabels, [piece, action, names], options)))
    }
  return {
    add: change('+'),
    remove: change('-'),
    /** These and no others. */
    set: change(''),
  }
}
