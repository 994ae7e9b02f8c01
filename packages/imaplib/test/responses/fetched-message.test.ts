import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { BodyPart } from '../../src/responses/body-part.ts'
import { FetchedMessage } from '../../src/responses/fetched-message.ts'
import { emailId, threadId } from '../../src/responses/fetch-items/object-id.ts'
import { binarySizes } from '../../src/responses/fetch-items/sections.ts'
import { Flags } from '../../src/responses/flags.ts'
import { parseUntagged } from '../../src/responses/parse-untagged.ts'
import { ParseContext } from '../../src/responses/response-parser.ts'
import { Framer } from '../../src/wire/framer.ts'
import { StreamedLiteral } from '../../src/wire/scanner.ts'
import { everyResponse, outcome, readable } from '../fixtures.ts'

/** The rows of `text`, not looked into; the bytes they came in are spoilt. */
const rows = (text: string, context = new ParseContext(), inlineLiteral = 4096): FetchedMessage[] => {
  const found: FetchedMessage[] = []
  const framer = new Framer(
    {
      frame: (frame) => {
        const value = parseUntagged(frame, context)
        if (value instanceof FetchedMessage) found.push(value)
      },
    },
    { inlineLiteral },
  )
  const bytes = Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8')
  framer.push(bytes)
  bytes.fill('#')
  return found
}

const row = (text: string): FetchedMessage => {
  const [first] = rows(text)
  if (first === undefined) throw new Error('no row')
  return first
}

const envelope =
  '(NIL "subject" ((NIL NIL "a" "b.org")) ((NIL NIL "a" "b.org")) ((NIL NIL "a" "b.org")) NIL NIL NIL NIL "<m@x>")'
const structure =
  '(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)("TEXT" "HTML" NIL NIL NIL "7BIT" 6 1) "ALTERNATIVE" NIL NIL NIL)'

describe('a row that is read later', () => {
  const items = {
    uid: 'UID 7',
    envelope: `ENVELOPE ${envelope}`,
    flags: 'FLAGS (\\Seen)',
    bodyStructure: `BODYSTRUCTURE ${structure}`,
    size: 'RFC822.SIZE 99',
    modseq: 'MODSEQ (5)',
    sections: 'BODY[1] {3}\nabc',
    extras: 'EMAILID (M1)',
    internalDate: 'INTERNALDATE "01-Jan-2020 00:00:00 +0100"',
    unparsed: 'X-NEW (1 2)',
  } as const
  const names = Object.keys(items) as (keyof typeof items)[]

  it('is the same in whatever order its items came and are asked for', () => {
    const expected = new Map(names.map((name) => [name, readable(row(`* 1 FETCH (${items[name]})\n`)[name])]))
    for (let turn = 0; turn < names.length; turn++) {
      const sent = [...names.slice(turn), ...names.slice(0, turn)]
      for (const asked of [names, names.toReversed(), sent, sent.toReversed()]) {
        for (const inlineLiteral of [4096, 0]) {
          const text = `* 1 FETCH (${sent.map((name) => items[name]).join(' ')})\n`
          const [message] = rows(text, new ParseContext(), inlineLiteral)
          for (const name of asked) expect(readable(message?.[name]), `${name} of ${text}`).toEqual(expected.get(name))
        }
      }
    }
  })

  it('is the same as one that is read at once, for every fixture', () => {
    for (const input of everyResponse()) {
      const late: unknown[] = []
      const repairs: string[] = []
      const context = new ParseContext({ onRepair: (quirk) => repairs.push(quirk) })
      new Framer({ frame: (frame) => late.push(parseUntagged(frame, context)) }).push(input)
      const atOnce = outcome([input]) as { repairs?: string[] }
      expect(late.map(readable)).toEqual([{ ...atOnce, repairs: undefined }])
      // The reader of one item may hear of a quirk again that the row had before.
      expect(new Set(repairs)).toEqual(new Set(atOnce.repairs))
    }
  })

  it('does not parse what is not asked for', () => {
    const repairs: string[] = []
    const context = new ParseContext({ onRepair: (quirk) => repairs.push(quirk) })
    const [message] = rows('* 1 FETCH (UID 5 ENVELOPE (NIL) BODYSTRUCTURE (NIL NIL))\n', context)
    expect(message?.uid).toBe(5)
    expect(message?.hasEnvelope).toBe(true)
    expect(message?.hasBodyStructure).toBe(true)
    expect(repairs).toEqual([])
    expect(message?.envelope?.subject).toBe(null)
    expect(repairs).toEqual(['envelope-short'])
    expect(message?.bodyStructure?.mediaType).toBe('application/octet-stream')
    expect(repairs).toContain('type-nil')
    expect(message?.envelope).toBe(message?.envelope)
  })

  it('knows what did not come', () => {
    const message = row('* 1 FETCH (UID 5)\n')
    expect(message.hasEnvelope).toBe(false)
    expect(message.hasBodyStructure).toBe(false)
    expect(message.flags).toBe(null)
    expect(message.internalDateZone).toBe(null)
    expect(message.get(emailId)).toBe(undefined)
    expect(message.section('BODY[]')).toBe(null)
  })

  it('is not taken in by a sender who writes items into the header', () => {
    const envelope = (subject: string) => `("d" ${subject} NIL NIL NIL NIL NIL NIL NIL "<1@x>")`
    const fake = 'x>") BODYSTRUCTURE ("a" "b"'
    const subjects = [`"${fake.replaceAll('"', '\\"')}"`, `{${fake.length}}\n${fake}`, '"{"', '"{5}"', '{2}\n{9', '"s"']
    for (const subject of subjects) {
      const without = row(`* 1 FETCH (UID 5 ENVELOPE ${envelope(subject)})\n`)
      expect(without.hasBodyStructure, subject).toBe(false)
      expect(without.bodyStructure).toBe(null)
      const withOne = row(
        `* 1 FETCH (UID 5 ENVELOPE ${envelope(subject)} BODYSTRUCTURE ("a" "b" NIL NIL NIL "7bit" 1))\n`,
      )
      expect(withOne.hasBodyStructure, subject).toBe(true)
      expect(withOne.modseq).toBe(null)
      expect(withOne.bodyStructure?.mediaType).toBe('a/b')
    }
  })

  it('costs the item alone when parts nest too deep', () => {
    const nested = (depth: number) =>
      `${'('.repeat(depth)}"TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1${') "MIXED"'.repeat(depth - 1)})`
    const fine = row(`* 1 FETCH (BODYSTRUCTURE ${nested(100)} UID 5)\n`)
    expect(fine.bodyStructure?.isMultipart).toBe(true)
    expect([...(fine.bodyStructure?.walk() ?? [])]).toHaveLength(100)
    for (const depth of [102, 100_000]) {
      const message = row(`* 1 FETCH (BODYSTRUCTURE ${nested(depth)} UID 5)\n`)
      expect(message.bodyStructure?.mediaType).toBe('application/octet-stream')
      expect(message.uid).toBe(5)
      expect(message.unparsed.get('BODYSTRUCTURE')?.length).toBe(nested(depth).length)
    }
  })

  it('takes a hundred thousand siblings', () => {
    const part = '("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)'
    const message = row(`* 1 FETCH (BODYSTRUCTURE (${part.repeat(100_000)} "MIXED"))\n`)
    expect(message.bodyStructure?.parts).toHaveLength(100_000)
    expect(message.bodyStructure?.parts.at(-1)?.partNumber).toBe('100000')
  })

  it('takes a hundred thousand addresses and groups', () => {
    const many = `(${'(NIL NIL "a" "b.org")'.repeat(100_000)}${'(NIL NIL "g" NIL)'.repeat(100_000)})`
    const message = row(`* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL ${many} NIL NIL NIL NIL))\n`)
    expect(message.envelope?.to).toHaveLength(200_000)
  })
})

describe('values', () => {
  it('shares flags that came in the same words, and From with what repeats it', () => {
    const [a, b] = rows(`* 1 FETCH (FLAGS (\\Seen $A) ENVELOPE ${envelope})\n* 2 FETCH (FLAGS (\\Seen $A))\n`)
    expect(a?.flags).toBe(b?.flags)
    expect(a?.envelope?.sender).toBe(a?.envelope?.from)
    expect(a?.envelope?.replyTo).toBe(a?.envelope?.from)
  })

  it('shares parameters of text parts that begin in the same words, and only of those', () => {
    const part = (head: string, tail: string) => row(`* 1 FETCH (BODYSTRUCTURE (${head} ${tail}))\n`).bodyStructure
    const head = '"text" "plain" ("charset" "x-one") NIL NIL "7bit"'
    // The first is remembered by a copy.
    part(head, '10 2 NIL NIL NIL NIL')
    const first = part(head, '10 2 NIL NIL NIL NIL')
    const second = part(head, '99 3 NIL ("attachment" ("filename" "a")) NIL NIL')
    expect(second?.parameters).toBe(first?.parameters)
    expect([second?.size, second?.lines, second?.disposition, second?.encoding]).toEqual([99, 3, 'attachment', '7bit'])
    expect(part(head.replace('x-one', 'x-two'), '10 2')?.parameters.get('charset')).toBe('x-two')
    expect(part(head.replace('plain', 'plane'), '10 2')?.subtype).toBe('plane')
    expect(part(head.replace('7bit', '8bit'), '10 2')?.encoding).toBe('8bit')
    expect(part(head.replace('NIL NIL', '"<id>" NIL'), '10 2')?.id).toBe('<id>')
    // What was repaired is repaired, and reported, anew.
    for (let turn = 0; turn < 2; turn++) {
      const repairs: string[] = []
      const context = new ParseContext({ lazy: false, onRepair: (quirk) => repairs.push(quirk) })
      rows('* 1 FETCH (BODYSTRUCTURE ("text" "plain" ("charset" NIL) NIL NIL "7bit" 10 2))\n', context)
      expect(repairs).toEqual(['parameter-nil'])
    }
  })

  it('finds flags in any case', () => {
    const flags = new Flags(['\\Seen', '$Junk'])
    expect(flags.has('\\SEEN')).toBe(true)
    expect(flags.has('Seen')).toBe(false)
    expect([...flags]).toEqual(['\\Seen', '$Junk'])
    expect(Object.isFrozen(flags.names)).toBe(true)
  })

  it('is typed by the item that is asked for', () => {
    const message = row('* 1 FETCH (EMAILID (M1) THREADID NIL BINARY.SIZE[1] 5)\n')
    const id: string | null | undefined = message.get(emailId)
    expect(id).toBe('M1')
    expect(message.get(threadId)).toBe(null)
    expect(message.get(binarySizes)?.get('1')).toBe(5)
  })

  it('finds a section by its origin, or the whole that came instead', () => {
    const message = row('* 1 FETCH (BODY[1]<10> "part" BODY[2] "whole" BODY[3] NIL)\n')
    expect(message.bytes('BODY[1]', 10)?.toString()).toBe('part')
    expect(message.bytes('BODY[1]')).toBe(null)
    expect(message.section('BODY[2]', 10)?.origin).toBe(null)
    expect(message.bytes('BODY[2]', 10)?.toString()).toBe('whole')
    expect(message.section('BODY[3]')?.data).toBe(null)
  })

  it('has the size of a streamed section', () => {
    const context = new ParseContext()
    let message: unknown
    const framer = new Framer(
      {
        frame: (frame) => (message = parseUntagged(frame, context)),
        literal: () => ({ chunk: () => undefined, end: () => undefined, abort: () => undefined }),
      },
      { inlineLiteral: 4 },
    )
    framer.push(Buffer.from(`* 1 FETCH (ENVELOPE ${envelope} BODY[] {6}\r\nabcdef UID 3)\r\n`))
    const fetched = message as FetchedMessage
    expect(fetched.section('BODY[]')?.data).toEqual(new StreamedLiteral(6))
    expect(fetched.bytes('BODY[]')).toBe(null)
    expect(fetched.uid).toBe(3)
    expect(fetched.envelope?.subject).toBe('subject')
  })

  it('shows its lazy items', () => {
    const text = `* 1 FETCH (UID 5 ENVELOPE ${envelope} BODYSTRUCTURE ${structure} MODSEQ (7) X-GM-MSGID 8)\n`
    expect(inspect(row(text), { depth: 5 })).toMatch(/modseq: 7n.*subject: 'subject'.*text\/html/s)
    expect(JSON.parse(JSON.stringify(row(text)))).toMatchObject({
      type: 'FETCH',
      modseq: '7',
      envelope: { subject: 'subject' },
      bodyStructure: { mediaType: 'multipart/alternative' },
      extras: { 'X-GM-MSGID': '8' },
    })
  })
})

describe('body parts', () => {
  const text = `* 1 FETCH (BODYSTRUCTURE (${structure}("IMAGE" "PNG" NIL "<cid>" NIL "BASE64" 9 NIL ("inline" NIL) NIL NIL)("APPLICATION" "PDF" ("name" "a.pdf") NIL NIL "BASE64" 9)("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) (("TEXT" "PLAIN" ("name" "inner.txt") NIL NIL "7BIT" 5 1) "MIXED") 1) "MIXED"))\n`
  const root = () => row(text).bodyStructure as BodyPart

  it('walks all, each before its children', () => {
    expect(Array.from(root().walk(), (part) => part.section)).toEqual([
      'TEXT',
      '1',
      '1.1',
      '1.2',
      '2',
      '3',
      '4',
      '4.TEXT',
      '4.1',
    ])
    expect(Array.from(root().leaves(), (part) => part.section)).toEqual(['1.1', '1.2', '2', '3', '4', '4.1'])
  })

  it('finds by number or section', () => {
    expect(root().find('1.2')?.mediaType).toBe('text/html')
    expect(root().find('4.TEXT')?.partNumber).toBe(null)
    expect(root().find('TEXT')?.isMultipart).toBe(true)
    expect(root().find('5')).toBe(null)
  })

  it('lists attachments', () => {
    expect(Array.from(root().attachments(), (part) => [part.partNumber, part.fileName])).toEqual([
      ['3', 'a.pdf'],
      ['4', null],
    ])
  })
})
