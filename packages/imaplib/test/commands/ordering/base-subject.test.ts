import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baseSubject } from '../../../src/commands/ordering/base-subject.ts'

describe('the base subject (RFC 5256 §2.1)', () => {
  it.each([
    ['lunch', 'lunch', false],
    ['Re: lunch', 'lunch', true],
    ['RE : lunch', 'lunch', true],
    ['Fw: lunch', 'lunch', true],
    ['fwd: re: FWD: lunch', 'lunch', true],
    ['Re[2]: lunch', 'lunch', true],
    ['[list] lunch', 'lunch', false],
    ['[list] [other]  Re: [list] lunch', 'lunch', true],
    ['[only a blob]', '[only a blob]', false],
    ['[a][b]', '[b]', false],
    ['lunch (fwd)', 'lunch', true],
    ['lunch (FWD) (fwd) ', 'lunch', true],
    ['[Fwd: lunch]', 'lunch', true],
    ['[fwd: Re: [fwd: lunch] (fwd)]', 'lunch', true],
    ['[fwd: lunch', '[fwd: lunch', false],
    [' two\t words \r\n more ', 'two words more', false],
    ['Re:', '', true],
    ['', '', false],
    ['Regarding: lunch', 'Regarding: lunch', false],
    ['Re lunch', 'Re lunch', false],
    ['[a[b] lunch', '[a[b] lunch', false],
    ['Antwort: lunch', 'Antwort: lunch', false],
  ])('%j is %j', (subject, text, isReply) => {
    expect(baseSubject(subject)).toEqual({ text, isReply })
  })

  it('leaves nothing that could still be taken away', () => {
    const pieces = fc.constantFrom('Re:', 'fw', 'fwd:', '[x]', '[fwd:', ']', '(fwd)', ' ', '\t', 'a', ':', '[')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const { text } = baseSubject(parts.join(''))
        expect(baseSubject(text)).toEqual({ text, isReply: false })
      }),
    )
  })
})
