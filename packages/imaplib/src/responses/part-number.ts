import type { BodyPart } from './body-part.ts'

/**
 * Numbers a part (RFC 9051 §6.4.5.1): those of a multipart count from 1 under its number; a message inside begins anew
 * under its own. Only a multipart that is the whole of a message has no number: its content is `TEXT`.
 *
 * @param parent the part around it, null for the outermost
 * @param index its place among the parts of a multipart, from 1; 0 when the parent is a message or null
 */
export const numberPart = (part: BodyPart, parent: BodyPart | null, index: number): void => {
  const under = parent === null ? null : parent.partNumber
  if (parent !== null && index > 0) {
    const prefix = under ?? messagePrefix(parent)
    const own = prefix === '' ? String(index) : `${prefix}.${index}`
    part.setNumber(own, own)
  } else if (part.isMultipart) part.setNumber(null, under === null ? 'TEXT' : `${under}.TEXT`)
  else {
    const own = under === null ? '1' : `${under}.1`
    part.setNumber(own, own)
  }
}

/** The number of the message whose whole content is this multipart: that is in `2.TEXT`. */
const messagePrefix = (multipart: BodyPart): string => multipart.section.slice(0, -'.TEXT'.length)
