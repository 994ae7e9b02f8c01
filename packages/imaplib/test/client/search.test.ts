import { describe, expect, expectTypeOf, it } from 'vitest'
import type { SearchCriteria } from '../../src/commands/search-keys/index.ts'
import { SequenceSet } from 'imaplib'
import { opened } from './opened.ts'

const found = (uids: string) => [`* SEARCH${uids === '' ? '' : ' '}${uids}`, '$tag OK done']

/** What leaves for these criteria, `UID SEARCH` cut off. */
const written = async (criteria: SearchCriteria, capabilities: string[] = []): Promise<string> => {
  await using at = await opened({ capabilities, handlers: { 'UID SEARCH': found('1') } })
  await at.inbox.search(criteria)
  return at.sent()[0]?.slice('UID SEARCH '.length) ?? ''
}

describe('search: what leaves', () => {
  it.each<[SearchCriteria, string]>([
    [{ all: true }, 'ALL'],
    [{ unseen: true, since: '2026-01-01' }, 'UNSEEN SINCE 1-Jan-2026'],
    [{ unseen: false }, 'SEEN'],
    [{ flagged: false, answered: true }, 'UNFLAGGED ANSWERED'],
    [{ from: 'x', subject: 'a "b" \\c' }, 'FROM "x" SUBJECT "a \\"b\\" \\\\c"'],
    [{ header: { 'List-Id': 'z', 'X-Any': true } }, 'HEADER "List-Id" "z" HEADER "X-Any" ""'],
    [{ larger: 0, smaller: 10 }, 'LARGER 0 SMALLER 10'],
    [{ uid: [5, 3, 4], seq: '1:*' }, 'UID 3:5 1:*'],
    [{ keyword: ['$Junk', 'a'], unkeyword: '$Phishing' }, 'KEYWORD $Junk KEYWORD a UNKEYWORD $Phishing'],
    [{ before: new Date('2026-03-01T23:59:59Z'), sentOn: '2025-12-31' }, 'BEFORE 1-Mar-2026 SENTON 31-Dec-2025'],
    [{ not: { header: { A: '1', B: '2' } } }, 'NOT (HEADER "A" "1" HEADER "B" "2")'],
    [{ not: { seen: true } }, 'NOT SEEN'],
    [{ not: { not: { from: 'a', to: 'b' } } }, 'NOT NOT (FROM "a" TO "b")'],
    [{ or: [{ from: 'a', to: 'b' }, { seen: true }] }, 'OR (FROM "a" TO "b") SEEN'],
    [{ or: [[{ from: 'a' }, { from: 'b' }], [{ seen: true }]] }, 'OR (FROM "a" FROM "b") SEEN'],
    [{ or: [{ seen: true }, { draft: true }, { deleted: true }] }, 'OR SEEN OR DRAFT DELETED'],
    [{ or: [{ seen: true }], draft: true }, 'SEEN DRAFT'],
    [{ and: [{ from: 'a' }, { from: 'b' }], text: 'c' }, 'FROM "a" FROM "b" TEXT "c"'],
    [{ not: { and: [{ from: 'a' }, { or: [{ seen: true }, { draft: true }] }] } }, 'NOT (FROM "a" OR SEEN DRAFT)'],
    [{ raw: 'X-GM-RAW "has:attachment in:\\"a b\\""' }, '(X-GM-RAW "has:attachment in:\\"a b\\"")'],
    [{ not: { raw: 'OR (SEEN) DRAFT' }, seen: true }, 'NOT (OR (SEEN) DRAFT) SEEN'],
    [{ new: true, old: true, recent: false }, 'NEW OLD OLD'],
  ])('%o', async (criteria, bytes) => {
    expect(await written(criteria)).toBe(bytes)
  })

  it.each<[SearchCriteria, string, string]>([
    [{ older: 60, younger: 3600 }, 'WITHIN', 'OLDER 60 YOUNGER 3600'],
    [{ modSeq: 12n }, 'CONDSTORE', 'MODSEQ 12'],
    [{ modSeq: { value: 5, flag: '\\Seen', scope: 'all' } }, 'CONDSTORE', 'MODSEQ "/flags/\\\\Seen" all 5'],
    [{ emailId: 'M1' }, 'OBJECTID', 'EMAILID M1'],
    [{ savedSince: '2026-02-03' }, 'SAVEDATE', 'SAVEDSINCE 3-Feb-2026'],
    [{ fuzzy: { subject: 'a', body: 'b' } }, 'SEARCH=FUZZY', 'FUZZY (SUBJECT "a" BODY "b")'],
  ])('%o needs %s', async (criteria, capability, bytes) => {
    expect(await written(criteria, [capability])).toBe(bytes)
    await using at = await opened()
    await expect(at.inbox.search(criteria)).rejects.toMatchObject({ code: 'ECAPABILITY' })
    expect(at.sent()).toEqual([])
  })

  it('sends what is not ASCII as literals with a charset', async () => {
    expect(await written({ subject: 'Grüße', from: 'a' })).toBe('CHARSET UTF-8 SUBJECT {7}<Grüße> FROM "a"')
    expect(await written({ raw: 'X-GM-RAW "Grüße"' }, ['LITERAL+'])).toBe('CHARSET UTF-8 (X-GM-RAW {7+}<Grüße>)')
  })

  it('needs neither after IMAP4rev2 was enabled', async () => {
    const esearch = ['* ESEARCH (TAG "$tag") UID COUNT 0', '$tag OK done']
    await using at = await opened({
      capabilities: ['IMAP4rev2', 'ENABLE'],
      handlers: { 'UID SEARCH': esearch },
    })
    await at.inbox.search({ subject: 'Grüße' })
    expect(at.sent()).toEqual(['UID SEARCH RETURN (ALL COUNT) SUBJECT "Grüße"'])
    await expect(at.inbox.search({ recent: true })).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('sends text that no quotes can hold as a literal', async () => {
    expect(await written({ body: 'x\r\nA1 LOGOUT' })).toBe('BODY {12}<x\r\nA1 LOGOUT>')
  })
})

const loop: Record<string, unknown> = {}
loop.not = loop

describe('search: what is refused before a byte is sent', () => {
  it.each<[unknown]>([
    [undefined],
    [null],
    ['ALL'],
    [[]],
    [{}],
    [new Map([['all', true]])],
    [{ from: undefined }],
    [{ all: true, from: undefined }],
    [{ all: false }],
    [{ unknown: 1 }],
    [{ constructor: 'x' }],
    [{ not: {} }],
    [{ not: { from: undefined } }],
    [{ or: [] }],
    [{ or: [{}] }],
    [{ or: [[], { seen: true }] }],
    [{ or: { seen: true } }],
    [{ and: [] }],
    [{ and: [undefined] }],
    [{ from: '' }],
    [{ from: ['a', 'b'] }],
    [{ from: 'a\0b' }],
    [{ from: '\ud800' }],
    [{ header: {} }],
    [{ header: { 'a b': 'x' } }],
    [{ header: { 'a:': 'x' } }],
    [{ header: { a: undefined } }],
    [{ keyword: 'a b' }],
    [{ keyword: [] }],
    [{ keyword: '\\Seen' }],
    [{ larger: -1 }],
    [{ larger: Number.NaN }],
    [{ larger: '5' }],
    [{ uid: [] }],
    [{ uid: '' }],
    [{ uid: '1\r\nA1 LOGOUT' }],
    [{ uid: SequenceSet.empty }],
    [{ seq: '$' }],
    [{ since: new Date(Number.NaN) }],
    [{ since: '2026-02-30' }],
    [{ since: '1-Jan-2026' }],
    [{ since: 5 }],
    [{ older: 0 }],
    [{ seen: 1 }],
    [{ raw: '' }],
    [{ raw: '(SEEN' }],
    [{ raw: 'SEEN)' }],
    [{ raw: 'FROM "x' }],
    [{ raw: 'FROM {3}' }],
    [{ raw: 'FROM {3+}\r\nabc' }],
    [{ raw: 'SEEN\r\nA1 LOGOUT' }],
    [{ raw: 'SEEN\n' }],
    [{ raw: 'a\0' }],
    [{ raw: 'FROM "a\r\nb"' }],
    [{ raw: 'FROM ü' }],
    [{ raw: 'FROM"x"' }],
    [{ raw: 'FROM "a\\x"' }],
    [{ raw: '()' }],
    [loop],
  ])('%o', async (criteria) => {
    await using at = await opened()
    await expect(at.inbox.search(criteria as SearchCriteria)).rejects.toMatchObject({ code: 'EINVALID' })
    expect(at.sent()).toEqual([])
  })

  it('a set that is too long where it cannot be cut', async () => {
    const uid = SequenceSet.ofNumbers(Array.from({ length: 5000 }, (_, i) => i * 2 + 1))
    await using at = await opened()
    await expect(at.inbox.search({ not: { uid } })).rejects.toMatchObject({ code: 'EINVALID' })
    expect(at.sent()).toEqual([])
  })
})

describe('search: answers', () => {
  it('have what was asked for, and their type says so', async () => {
    await using at = await opened({ handlers: { 'UID SEARCH': found('4 9') } })
    expectTypeOf(await at.inbox.search({ seen: true })).toEqualTypeOf<SequenceSet>()
    expectTypeOf(await at.inbox.search({ seen: true }, { timeout: 5000 })).toEqualTypeOf<SequenceSet>()
    const counted = await at.inbox.search({ seen: true }, { return: ['count', 'min'] })
    expectTypeOf(counted).toExtend<{ readonly count: number; readonly min: number | null }>()
    expectTypeOf(counted).not.toHaveProperty('all')
    expectTypeOf(counted).not.toHaveProperty('partial')
    const part = await at.inbox.search({ seen: true }, { partial: [1, 1] })
    expectTypeOf(part.partial).toEqualTypeOf<SequenceSet>()
    expectTypeOf(part).not.toHaveProperty('count')
    expect([counted.count, counted.min, String(part.partial)]).toEqual([2, 4, '4'])
    // @ts-expect-error: undefined is no criterion
    await expect(at.inbox.search({ from: undefined })).rejects.toMatchObject({ code: 'EINVALID' })
    // @ts-expect-error: nor is what nobody knows
    await expect(at.inbox.search({ form: 'x' })).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('are sets, from a plain SEARCH in any order', async () => {
    await using at = await opened({ handlers: { 'UID SEARCH': found('9 3 4 5') } })
    expect(String(await at.inbox.search({ all: true }))).toBe('3:5,9')
    const options = { return: ['min', 'max', 'count'], partial: [-1, -2] } as const
    const result = await at.inbox.search({ all: true }, options)
    expect(result).toMatchObject({ min: 3, max: 9, count: 4, modSeq: null })
    expect(String(result.partial)).toBe('5,9')
  })

  it('are never expanded', async () => {
    await using at = await opened({
      capabilities: ['ESEARCH'],
      handlers: { 'UID SEARCH': ['* ESEARCH (TAG "$tag") UID ALL 1:4294967295 COUNT 4294967295', '$tag OK'] },
    })
    const uids = await at.inbox.search({ all: true })
    expect(uids.size).toBe(4294967295)
    expect(at.sent()).toEqual(['UID SEARCH RETURN (ALL COUNT) ALL'])
  })

  it('tell nothing found from nothing told', async () => {
    await using at = await opened({
      capabilities: ['ESEARCH'],
      handlers: { 'UID SEARCH': ['* ESEARCH (TAG "$tag") UID COUNT 0', '$tag OK'] },
    })
    expect((await at.inbox.search({ all: true })).isEmpty).toBe(true)
    expect(await at.inbox.search({ all: true }, { return: ['min', 'count'] })).toEqual({
      min: null,
      count: 0,
      modSeq: null,
    })
    expect(at.sent()).toEqual(['UID SEARCH RETURN (ALL COUNT) ALL', 'UID SEARCH RETURN (MIN COUNT) ALL'])
  })

  it('of a server whose ESEARCH leaves the result out are asked for once more, plainly, from then on', async () => {
    await using at = await opened({
      capabilities: ['ESEARCH'],
      handlers: {
        'UID SEARCH': ({ args }) =>
          args.startsWith('RETURN') ? ['* ESEARCH (TAG "$tag") UID', '$tag OK'] : found('4'),
      },
    })
    expect(String(await at.inbox.search({ all: true }))).toBe('4')
    expect(String(await at.inbox.search({ seen: true }))).toBe('4')
    expect(at.sent()).toEqual(['UID SEARCH RETURN (ALL COUNT) ALL', 'UID SEARCH ALL', 'UID SEARCH SEEN'])
  })

  it('of a server that announces ESEARCH and does not know it are asked for plainly', async () => {
    const handlers = {
      'UID SEARCH': ({ args }: { args: string }) => (args.startsWith('RETURN') ? '$tag BAD RETURN?' : found('4')),
    }
    await using at = await opened({ capabilities: ['ESEARCH'], handlers })
    expect(String(await at.inbox.search({ all: true }))).toBe('4')
    expect(String(await at.inbox.search({ seen: true }))).toBe('4')
    expect(at.sent()).toEqual(['UID SEARCH RETURN (ALL COUNT) ALL', 'UID SEARCH ALL', 'UID SEARCH SEEN'])
  })

  it('that never tell are an error, not an empty mailbox', async () => {
    const mute = ['* ESEARCH (TAG "$tag") UID', '$tag OK']
    await using at = await opened({ capabilities: ['ESEARCH'], handlers: { 'UID SEARCH': mute } })
    await expect(at.inbox.search({ all: true })).rejects.toMatchObject({ code: 'EUNPARSED' })
  })

  it('in the plain form to an extended question are taken', async () => {
    await using at = await opened({ capabilities: ['ESEARCH'], handlers: { 'UID SEARCH': found('2 4') } })
    expect(await at.inbox.search({ all: true }, { return: ['count', 'max'] })).toEqual({
      count: 2,
      max: 4,
      modSeq: null,
    })
    expect(at.sent()).toHaveLength(1)
  })

  it('that make no sense are an error', async () => {
    await using at = await opened({ handlers: { 'UID SEARCH': ['* SEARCH 1 x', '$tag OK'] } })
    await expect(at.inbox.search({ all: true })).rejects.toMatchObject({ code: 'EUNPARSED' })
  })

  it('with sequence numbers instead of UIDs are an error', async () => {
    await using at = await opened({
      capabilities: ['ESEARCH'],
      handlers: { 'UID SEARCH': ['* ESEARCH (TAG "$tag") ALL 1:3 COUNT 3', '$tag OK'] },
    })
    await expect(at.inbox.search({ all: true })).rejects.toMatchObject({ code: 'EUNPARSED' })
  })

  it.each(['NO [UNAVAILABLE] later', 'BAD what'])('%s', async (refusal) => {
    await using at = await opened({ handlers: { 'UID SEARCH': [`$tag ${refusal}`] } })
    await expect(at.inbox.search({ all: true })).rejects.toMatchObject({
      name: 'CommandRefused',
      code: refusal.split(' ')[0],
      serverText: refusal.split(' ').at(-1),
    })
  })

  it('to many UIDs come from several commands, and are one', async () => {
    const uid = SequenceSet.ofNumbers(Array.from({ length: 5000 }, (_, i) => i * 2 + 1))
    await using at = await opened({
      handlers: { 'UID SEARCH': ({ args }) => found(String(SequenceSet.parse(args.split(' ')[1] ?? '').first)) },
    })
    const result = await at.inbox.search({ uid, seen: true }, { return: ['count', 'all'] })
    expect(result.count).toBe(at.sent().length)
    expect(result.count).toBeGreaterThan(3)
    for (const line of at.sent()) expect(line.length).toBeLessThan(8000)
  })

  it('kept at the server are `$` for as long as they are there', async () => {
    const saved = ({ args }: { args: string }) =>
      args.startsWith('RETURN (SAVE)') ? ['$tag OK saved'] : ['* ESEARCH (TAG "$tag") UID ALL 5 COUNT 1', '$tag OK']
    await using at = await opened({ capabilities: ['ESEARCH', 'SEARCHRES'], handlers: { 'UID SEARCH': saved } })
    await expect(at.inbox.search({ uid: '$' })).rejects.toMatchObject({ code: 'ESTALE' })
    expect(await at.inbox.search({ seen: true }, { return: ['save'] })).toEqual({ modSeq: null })
    expect(String(await at.inbox.search({ uid: '$', draft: true }))).toBe('5')
    expect(at.sent()).toEqual(['UID SEARCH RETURN (SAVE) SEEN', 'UID SEARCH RETURN (ALL COUNT) UID $ DRAFT'])
  })

  it('can be a part, at the server where it can', async () => {
    const part = ['* ESEARCH (TAG "$tag") UID COUNT 9 PARTIAL (1:2 4,7)', '$tag OK']
    await using at = await opened({ capabilities: ['ESEARCH', 'PARTIAL'], handlers: { 'UID SEARCH': part } })
    const result = await at.inbox.search({ seen: true }, { partial: [1, 2], return: ['count'] })
    expect([result.count, String(result.partial)]).toEqual([9, '4,7'])
    expect(at.sent()).toEqual(['UID SEARCH RETURN (COUNT PARTIAL 1:2) SEEN'])
    await expect(at.inbox.search({ seen: true }, { partial: [0, 2] })).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('are matched by their tag when several searches are on the wire', async () => {
    let first = ''
    const handlers = {
      'UID SEARCH': ({ tag }: { tag: string }) => {
        const answer = (of: string, uid: number) => `* ESEARCH (TAG "${of}") UID COUNT 1 ALL ${uid}`
        if (first !== '') return [answer(tag, 2), answer(first, 1), '$tag OK done', `${first} OK done`]
        first = tag
        return []
      },
    }
    await using at = await opened({ capabilities: ['ESEARCH'], handlers })
    const both = await Promise.all([at.inbox.search({ seen: true }), at.inbox.search({ unseen: true })])
    expect(both.map(String)).toEqual(['1', '2'])
  })

  it('come no more once the call is aborted', async () => {
    const stop = new AbortController()
    await using at = await opened({ handlers: { 'UID SEARCH': () => stop.abort() } })
    await expect(at.inbox.search({ all: true }, { signal: stop.signal })).rejects.toMatchObject({ code: 'ABORT_ERR' })
    await expect(at.inbox.search({ all: true }, { signal: stop.signal })).rejects.toMatchObject({ code: 'ABORT_ERR' })
  })
})
