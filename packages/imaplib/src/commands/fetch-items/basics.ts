import type { BodyPart } from '../../responses/body-part.ts'
import type { Envelope } from '../../responses/envelope.ts'
import type { Flags } from '../../responses/flags.ts'
import { plainItem, type RequestItem } from './request-item.ts'

export const uid: RequestItem<true, number> = plainItem('UID', (row) => row.uid !== null, { alsoNews: true })

export const flags: RequestItem<true, Flags> = plainItem('FLAGS', (row) => row.flags !== null, { alsoNews: true })

/** When the server received the message. */
export const internalDate: RequestItem<true, Date> = plainItem('INTERNALDATE', (row) => row.internalDateZone !== null)

/** RFC822.SIZE, octets. */
export const size: RequestItem<true, number> = plainItem('RFC822.SIZE', (row) => row.size !== null)

export const envelope: RequestItem<true, Envelope> = plainItem('ENVELOPE', (row) => row.hasEnvelope)

export const bodyStructure: RequestItem<true, BodyPart> = plainItem('BODYSTRUCTURE', (row) => row.hasBodyStructure)

/** The mod-sequence of the message (RFC 7162 §3.1.4). */
export const modseq: RequestItem<true, bigint> = plainItem('MODSEQ', (row) => row.modseq !== null, {
  needs: ['CONDSTORE', 'QRESYNC'],
  alsoNews: true,
})
