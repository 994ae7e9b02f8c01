import { expect, it } from 'vitest'
import { canonicalSection } from '../../src/responses/section.ts'

it.each([
  ['BODY[]', 'BODY[]'],
  ['body.peek[1.mime]', 'BODY[1.MIME]'],
  ['BODY.PEEK[HEADER.FIELDS (From "To")]', 'BODY[HEADER.FIELDS (FROM TO)]'],
  ['BODY.PEEK[1.HEADER.FIELDS.NOT ( From  To )]<0.100>', 'BODY[1.HEADER.FIELDS.NOT (FROM TO)]'],
  ['BINARY.PEEK[2]<5.6>', 'BINARY[2]'],
  ['rfc822.header', 'RFC822.HEADER'],
])('%s', (request, name) => expect(canonicalSection(request)).toBe(name))
