import type { ConditionResponse } from '../responses/condition.ts'
import type { CopyUidCode } from '../responses/codes/message-codes.ts'
import { responseCode } from '../responses/response-code.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import { command } from './command.ts'

/**
 * @param told takes what the server says of the UIDs: also when the command fails afterwards, and something was done
 */
export type CopyArguments = [set: SequenceSet, mailbox: string, told: CopyUidCode[]]

/** MOVE tells it in an untagged OK before the expunges (RFC 6851 §4.3); some servers do so with COPY. */
const claimCopyUid = ({ code }: ConditionResponse, [, , told]: CopyArguments): boolean => {
  if (code?.name !== 'COPYUID') return false
  told.push(code)
  return true
}

const copying = (name: string, needs?: readonly string[]) =>
  command({
    name,
    states: ['selected'],
    ...(needs === undefined ? {} : { needs }),
    write: (out, [set, mailbox]: CopyArguments) => void out.set(set).mailbox(mailbox),
    claims: { OK: claimCopyUid },
    result(_replies, { completion, args: [, , told] }): void {
      const code = responseCode(completion)
      if (code?.name === 'COPYUID') told.push(code)
    },
    division: {
      set: ([set]) => set,
      only: ([, mailbox, told], set): CopyArguments => [set, mailbox, told],
      merge: () => undefined,
    },
  })

/** UID COPY (RFC 9051 §6.4.7, §6.4.9): all of the messages, or none. */
export const uidCopy = copying('UID COPY')

/** UID MOVE (RFC 6851, RFC 9051 §6.4.8): each message is moved as a whole; when it fails, some may have been moved. */
export const uidMove = copying('UID MOVE', ['MOVE', 'IMAP4rev2'])
