import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlowedDecoder, unwrapFlowed } from '../../src/responses/flowed.ts'

describe('unwrapFlowed', () => {
  it.each([
    ['a flowed paragraph', 'Take some more \r\ntea.\r\n', 'Take some more tea.\r\n'],
    ['fixed lines', 'a\r\nb\r\n', 'a\r\nb\r\n'],
    ['space-stuffing', ' From me\r\n  indented\r\n >not quoted\r\n', 'From me\r\n indented\r\n>not quoted\r\n'],
    ['quotes', '>a \r\n>b\r\n>>c \r\n>> d\r\ne\r\n', '> a b\r\n>> c d\r\ne\r\n'],
    ['a change of depth ends a paragraph', '>a \r\n>>b\r\nc\r\n', '> a \r\n>> b\r\nc\r\n'],
    ['a signature never flows', 'text \r\n-- \r\nme\r\n', 'text \r\n-- \r\nme\r\n'],
    ['a quoted signature', '>-- \r\n>me\r\n', '> -- \r\n> me\r\n'],
    ['a flowed last line', 'a \r\nb ', 'a b '],
    ['LF alone', 'a \nb\nc', 'a b\nc'],
    ['empty lines', 'a\r\n\r\nb\r\n', 'a\r\n\r\nb\r\n'],
    ['nothing', '', ''],
  ])('%s', (_, text, expected) => {
    expect(unwrapFlowed(text)).toBe(expected)
  })

  it('RFC 3676 §4.5: the example of nested quotes', () => {
    const text = [
      '> Thou villainous ill-breeding spongy dizzy-eyed ',
      '> reeky elf-skinned pigeon-egg! ',
      '>> Thou artless swag-bellied milk-livered ',
      '>> dismal-dreaming idle-headed scut!',
      '>>> Thou errant folly-fallen spleeny reeling-ripe ',
      '>>> unmuzzled ratsbane!',
    ]
    expect(unwrapFlowed(text.join('\n'))).toBe(
      [
        '> Thou villainous ill-breeding spongy dizzy-eyed reeky elf-skinned pigeon-egg! ',
        '>> Thou artless swag-bellied milk-livered dismal-dreaming idle-headed scut!',
        '>>> Thou errant folly-fallen spleeny reeling-ripe unmuzzled ratsbane!',
      ].join('\n'),
    )
  })

  it('delsp=yes drops the space that marks a flowed line', () => {
    expect(unwrapFlowed('日本 \r\n語\r\n', { delSp: true })).toBe('日本語\r\n')
  })

  it('gives the same however it is cut', () => {
    const text = fc.array(fc.constantFrom('a', ' ', '>', '\r\n', '\n', '-- '), { maxLength: 40 })
    fc.assert(
      fc.property(text, fc.boolean(), (pieces, delSp) => {
        const whole = pieces.join('')
        const decoder = new FlowedDecoder({ delSp })
        let out = ''
        for (let at = 0; at < whole.length; at += 1) out += decoder.write(whole.charAt(at))
        expect(out + decoder.end()).toBe(unwrapFlowed(whole, { delSp }))
      }),
    )
  })
})
