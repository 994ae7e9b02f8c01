import { describe, expect, it } from 'vitest'
import { parseStatusLine, type StatusLine } from '../../src/connection/status-line.ts'
import { responseCode } from '../../src/responses/response-code.ts'

const code = (line: string) => responseCode(parseStatusLine(line) as StatusLine)

describe('responseCode of a tagged line', () => {
  it('is the same as of an untagged one', () => {
    expect(code('OK [APPENDUID 38505 3955] APPEND completed')).toEqual({
      name: 'APPENDUID',
      uidValidity: 38505,
      uids: [{ first: 3955, last: 3955 }],
    })
    expect(code('NO [TRYCREATE] No such mailbox')).toEqual({ name: 'TRYCREATE' })
    expect(code('OK done')).toBeNull()
    expect(code('BAD')).toBeNull()
  })

  it('knows no names from Object.prototype', () => {
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(code(`OK [${name} x] y`)).toEqual({ name: 'unknown', atom: name.toUpperCase(), arguments: 'x' })
  })

  it.each([
    'UIDNEXT',
    'UIDNEXT 4294967296',
    'UIDNEXT -1',
    'APPENDUID',
    'COPYUID x',
    'HIGHESTMODSEQ 99999999999999999999999',
    'PERMANENTFLAGS',
    'METADATA',
    'METADATA LONGENTRIES',
    'METADATA WHAT',
    'ANNOTATE',
    'MODIFIED',
    'MODIFIED 1:*',
    'NOUPDATE',
    'MAILBOXID (',
    'INPROGRESS (x',
    'MESSAGELIMIT many',
    'UNDEFINED-FILTER "a',
    'BADEVENT ((',
  ])('[%s] costs the code, not the response', (text) => {
    const [atom] = text.split(' ')
    expect(code(`OK [${text}] fine`)).toMatchObject({ name: 'unknown', atom })
  })
})
