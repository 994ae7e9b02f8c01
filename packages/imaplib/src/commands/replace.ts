import type { AppendUidCode } from '../responses/codes/message-codes.ts'
import { responseCode } from '../responses/response-code.ts'
import { type AppendedMessage, writeMessage } from './append.ts'
import { command } from './command.ts'

/**
 * UID REPLACE (RFC 8508 §3.4): puts a message in the place of another, both or neither: the old one is gone when the new
 * one is there.
 */
export const uidReplace = command({
  name: 'UID REPLACE',
  states: ['selected'],
  needs: 'REPLACE',
  write(out, [uid, mailbox, message]: [uid: number, mailbox: string, message: AppendedMessage], context) {
    out.number(uid).mailbox(mailbox)
    writeMessage(out, message, context)
  },
  // RFC 8508 §3.3: where the new one is comes before the EXPUNGE of the old one, so in an untagged OK.
  claims: { OK: ({ code }) => code?.name === 'APPENDUID' },
  result(replies, { completion }): AppendUidCode | null {
    const code = responseCode(completion)
    if (code?.name === 'APPENDUID') return code
    const told = replies.at(-1)?.code
    return told?.name === 'APPENDUID' ? told : null
  },
})
