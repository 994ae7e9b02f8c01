import type { SequenceSet } from '../wire/sequence-set.ts'
import { type MessageNumbers, messageSet } from './search-keys/messages.ts'

/** Characters of a set in one command: lines must stay below what servers bear (RFC 7162 §4: 8192 octets). */
const LONGEST_SET = 7500

/** The messages that are meant, in pieces of which each fits into a command. */
export const piecesOf = (uids: MessageNumbers): SequenceSet[] => messageSet(uids, 'uids').split(LONGEST_SET)
