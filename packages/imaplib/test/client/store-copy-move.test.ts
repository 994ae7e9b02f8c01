import { describe, expect, it } from 'vitest'
import { SequenceSet } from 'imaplib'
import type { FlagUpdate } from '../../src/client/store-flags.ts'
import { opened } from './opened.ts'

const ok = '$tag OK done'
/** As servers get it: 8 KB a line. */
const many = SequenceSet.ofNumbers(Array.from({ length: 3000 }, (_, i) => i * 2 + 1))

describe('store', () => {
  it.each<[FlagUpdate, string]>([
    [{ add: ['\\Seen', '$Junk'] }, '+FLAGS.SILENT (\\Seen $Junk)'],
    [{ remove: ['\\Flagged'] }, '-FLAGS.SILENT (\\Flagged)'],
    [{ set: ['\\Seen'] }, 'FLAGS.SILENT (\\Seen)'],
    [{ set: [] }, 'FLAGS.SILENT ()'],
  ])('%o', async (update, bytes) => {
    await using at = await opened({ handlers: { 'UID STORE': ok } })
    const result = await at.inbox.store('4,2:3', update)
    expect(at.sent()).toEqual([`UID STORE 2:4 ${bytes}`])
    expect([result.modified.isEmpty, result.flags.size]).toEqual([true, 0])
  })

  it('tells flags and what was left alone', async () => {
    await using at = await opened({
      capabilities: ['CONDSTORE'],
      handlers: {
        'UID STORE': [
          '* 1 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (9))',
          '* 2 FETCH (UID 99 FLAGS (\\Draft))',
          '$tag OK [MODIFIED 3,4] conditional',
        ],
      },
    })
    const result = await at.inbox.store([2, 3, 4], { add: ['\\Seen'] }, { unchangedSince: 8n, silent: false })
    expect(at.sent()).toEqual(['UID STORE 2:4 (UNCHANGEDSINCE 8) +FLAGS (\\Seen)'])
    expect(String(result.modified)).toBe('3:4')
    expect([...result.flags].map(([uid, flags]) => [uid, [...flags]])).toEqual([[2, ['\\Seen']]])
  })

  it('takes NO [MODIFIED] for what it means', async () => {
    await using at = await opened({
      capabilities: ['CONDSTORE'],
      handlers: { 'UID STORE': '$tag NO [MODIFIED 3] conditional' },
    })
    const result = await at.inbox.store(3, { add: ['\\Seen'] }, { unchangedSince: 8n })
    expect(String(result.modified)).toBe('3')
  })

  it('sends flags that cannot be kept, and tells', async () => {
    await using at = await opened({ permanentFlags: '\\Seen', handlers: { 'UID STORE': ok } })
    const { unstorable } = await at.inbox.store(1, { add: ['\\SEEN', '\\Flagged', 'custom'] })
    expect(unstorable).toEqual(['\\Flagged', 'custom'])
    expect(at.sent()).toEqual(['UID STORE 1 +FLAGS.SILENT (\\SEEN \\Flagged custom)'])
    await using free = await opened({ handlers: { 'UID STORE': ok } })
    expect((await free.inbox.store(1, { add: ['custom', '\\Odd'] })).unstorable).toEqual(['\\Odd'])
    await using empty = await opened({ permanentFlags: '', handlers: { 'UID STORE': ok } })
    expect((await empty.inbox.store(1, { add: ['custom'] })).unstorable).toEqual([])
  })

  it('cuts long sets', async () => {
    await using at = await opened({ handlers: { 'UID STORE': ok } })
    await at.inbox.store(many, { add: ['\\Seen'] })
    const sets = at.sent().map((line) => SequenceSet.parse(line.split(' ')[2] ?? ''))
    expect(sets.length).toBeGreaterThan(1)
    expect(SequenceSet.of(...sets).equals(many)).toBe(true)
    for (const line of at.sent()) expect(line.length).toBeLessThan(8000)
  })

  it.each<[unknown, unknown]>([
    [[], { add: ['\\Seen'] }],
    [undefined, { add: ['\\Seen'] }],
    [SequenceSet.empty, { add: ['\\Seen'] }],
    ['1\r\nA1 LOGOUT', { add: ['\\Seen'] }],
    [1, { add: [] }],
    [1, { remove: [] }],
    [1, {}],
    [1, undefined],
    [1, { add: undefined }],
    [1, { add: ['a'], remove: ['b'] }],
    [1, { add: '\\Seen' }],
    [1, { add: [undefined] }],
    [1, { add: ['a b'] }],
    [1, { add: ['x\r\nA1 LOGOUT'] }],
    [1, { add: ['x)'] }],
    [1, { add: ['{3}'] }],
    [1, { add: ['{3+}\r\nabc'] }],
    [1, { add: [''] }],
    [1, { add: ['č\u010d\u010a'] }],
    [1, { add: ['\ud800'] }],
    [1, { add: ['\\Recent'] }],
    [1, { add: ['\\*'] }],
  ])('refuses %o %o', async (uids, update) => {
    await using at = await opened({ handlers: { 'UID STORE': ok } })
    await expect(at.inbox.store(uids as never, update as FlagUpdate)).rejects.toMatchObject({ code: 'EINVALID' })
    expect(at.sent()).toEqual([])
  })

  it('needs CONDSTORE for a condition', async () => {
    await using at = await opened()
    const call = at.inbox.store(1, { add: ['a'] }, { unchangedSince: 1n })
    await expect(call).rejects.toMatchObject({ code: 'ECAPABILITY' })
    expect(at.sent()).toEqual([])
  })
})

describe('copy', () => {
  it('maps UIDs by the order of COPYUID', async () => {
    await using at = await opened({ handlers: { 'UID COPY': '$tag OK [COPYUID 38505 304,319:320 3956:3958] Done' } })
    const copied = await at.inbox.copy('304,319:320', 'Entwürfe')
    expect(at.sent()).toEqual(['UID COPY 304,319:320 Entw&APw-rfe'])
    expect(copied?.uidValidity).toBe(38505)
    expect([...(copied?.uids ?? [])]).toEqual([
      [304, 3956],
      [319, 3957],
      [320, 3958],
    ])
  })

  it.each([[['$tag OK done']], [['$tag OK [COPYUID 1  ] moved']], [['$tag OK [COPYUID 1 1:4294967295 1:5] lies']]])(
    '%j says nothing of UIDs',
    async (answer) => {
      await using at = await opened({ handlers: { 'UID COPY': answer } })
      expect(await at.inbox.copy(1, 'A')).toBeNull()
    },
  )

  it('never expands what a server claims', async () => {
    await using at = await opened({
      handlers: { 'UID COPY': '$tag OK [COPYUID 1 1:4294967294 2:4294967295] lots' },
    })
    const copied = await at.inbox.copy('1:*', 'A')
    expect(copied?.uids.get(4_000_000_000)).toBe(4_000_000_001)
  })

  it('of a long set goes in several commands, and what is done is told when one fails', async () => {
    let count = 0
    const handlers = {
      'UID COPY': ({ args }: { args: string }) => {
        const set = args.split(' ')[0]
        return (count += 1) === 2 ? '$tag NO [OVERQUOTA] full' : `$tag OK [COPYUID 5 ${set} ${set}]`
      },
    }
    await using at = await opened({ handlers })
    const failure = await at.inbox.copy(many, 'A').catch((error: unknown) => error)
    const first = at.sent()[0]?.split(' ')[2]
    expect(failure).toMatchObject({ name: 'PartlyDone', code: 'NO', responseCode: 'OVERQUOTA', serverText: 'full' })
    expect(String((failure as { copied: SequenceSet }).copied)).toBe(first)
    expect((failure as { result: { uidValidity: number } }).result.uidValidity).toBe(5)
    expect(count).toBe(2)
  })

  it('to nowhere is NotFound', async () => {
    await using at = await opened({ handlers: { 'UID COPY': '$tag NO [TRYCREATE] no such mailbox' } })
    await expect(at.inbox.copy(1, 'A')).rejects.toMatchObject({ name: 'NotFound', serverText: 'no such mailbox' })
  })

  it.each([undefined, '', 5, '\ud800'])('refuses the destination %o', async (name) => {
    await using at = await opened({ handlers: { 'UID COPY': ok, 'UID MOVE': ok }, capabilities: ['MOVE'] })
    await expect(at.inbox.copy(1, name as string)).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(at.inbox.move(1, name as string)).rejects.toMatchObject({ code: 'EINVALID' })
    expect(at.sent()).toEqual([])
  })
})

it('a destination with line ends in it stays one name', async () => {
  await using at = await opened({ handlers: { 'UID COPY': ok } })
  await at.inbox.copy(1, 'x\r\nA1 LOGOUT')
  expect(at.sent()).toEqual(['UID COPY 1 "x&AA0ACg-A1 LOGOUT"'])
})

describe('move', () => {
  it('is one command where the server has it', async () => {
    await using at = await opened({
      capabilities: ['MOVE'],
      handlers: { 'UID MOVE': ['* OK [COPYUID 5 2:3 10:11] moved', '* 2 EXPUNGE', '* 2 EXPUNGE', ok] },
    })
    const moved = await at.inbox.move('2:3', 'A')
    expect(at.sent()).toEqual(['UID MOVE 2:3 A'])
    expect([moved?.uids.get(3), at.inbox.exists]).toEqual([11, 1])
  })

  it('that failed halfway tells what is gone', async () => {
    await using at = await opened({
      capabilities: ['MOVE'],
      handlers: { 'UID MOVE': ['* OK [COPYUID 5 2 10] moved', '* 2 EXPUNGE', '$tag NO the rest failed'] },
    })
    const failure = await at.inbox.move('2:3', 'A').catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'PartlyDone', code: 'NO' })
    expect(String((failure as { moved: SequenceSet }).moved)).toBe('2')
  })

  const steps = { 'UID COPY': '$tag OK [COPYUID 5 2 10] copied', 'UID STORE': ok, 'UID EXPUNGE': ok, EXPUNGE: ok }

  it('is otherwise COPY, STORE and UID EXPUNGE of what was copied', async () => {
    await using at = await opened({ capabilities: ['UIDPLUS'], handlers: steps })
    await at.inbox.move('2:3', 'A')
    expect(at.sent()).toEqual(['UID COPY 2:3 A', 'UID STORE 2 +FLAGS.SILENT (\\Deleted)', 'UID EXPUNGE 2'])
  })

  it('names messages that are there, so that later ones are not removed uncopied', async () => {
    const handlers = { ...steps, 'UID COPY': ok, 'UID SEARCH': ['* SEARCH 2 3 104', ok] }
    await using at = await opened({ capabilities: ['UIDPLUS'], handlers })
    await at.inbox.move('2:*', 'A')
    expect(at.sent()).toEqual([
      'UID SEARCH UID 2:*',
      'UID COPY 2:3,104 A',
      'UID STORE 2:3,104 +FLAGS.SILENT (\\Deleted)',
      'UID EXPUNGE 2:3,104',
    ])
  })

  it('removes nothing when COPY fails', async () => {
    await using at = await opened({ capabilities: ['UIDPLUS'], handlers: { ...steps, 'UID COPY': '$tag NO full' } })
    await expect(at.inbox.move(2, 'A')).rejects.toMatchObject({
      name: 'CommandRefused',
      code: 'NO',
      serverText: 'full',
    })
    expect(at.sent()).toEqual(['UID COPY 2 A'])
  })

  it.each(['UID STORE', 'UID EXPUNGE'])('tells what was copied when %s fails', async (step) => {
    const handlers = { ...steps, [step]: '$tag NO never' }
    await using at = await opened({ capabilities: ['UIDPLUS'], handlers })
    const failure = await at.inbox.move(2, 'A').catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'PartlyDone', code: 'NO', serverText: 'never', command: step })
    const { copied, result } = failure as { copied: SequenceSet; result: { uids: { get(uid: number): number } } }
    expect([String(copied), result.uids.get(2)]).toEqual(['2', 10])
  })

  it('is not begun twice when the connection ends after the copy', async () => {
    const handlers = { ...steps, 'UID STORE': ({ reset }: { reset: () => void }) => reset() }
    await using at = await opened({ capabilities: ['UIDPLUS'], handlers, connect: { reconnect: { attempts: 3 } } })
    await expect(at.inbox.move(2, 'A')).rejects.toMatchObject({ name: 'PartlyDone' })
    expect(at.sent().filter((line) => line.startsWith('UID COPY'))).toHaveLength(1)
  })

  it('reports an abort between the steps', async () => {
    const stop = new AbortController()
    const handlers = {
      ...steps,
      'UID STORE': () => {
        stop.abort()
        return ok
      },
    }
    await using at = await opened({ capabilities: ['UIDPLUS'], handlers })
    const call = at.inbox.move(2, 'A', { signal: stop.signal })
    await expect(call).rejects.toMatchObject({ name: 'PartlyDone', code: 'ABORT_ERR' })
    await at.client.noop()
    expect(at.sent()).toEqual(['UID COPY 2 A', 'UID STORE 2 +FLAGS.SILENT (\\Deleted)', 'NOOP'])
  })

  it('without MOVE and UIDPLUS is refused before anything is sent', async () => {
    await using at = await opened({ handlers: steps })
    await expect(at.inbox.move(2, 'A')).rejects.toMatchObject({ code: 'ECAPABILITY' })
    expect(at.sent()).toEqual([])
  })

  it('or leaves the marked messages', async () => {
    await using at = await opened({ handlers: steps })
    await at.inbox.move(2, 'A', { withoutUidPlus: 'leave-deleted' })
    expect(at.sent()).toEqual(['UID COPY 2 A', 'UID STORE 2 +FLAGS.SILENT (\\Deleted)'])
  })

  it('or expunges if nothing else is marked', async () => {
    let deleted = ''
    const handlers = {
      ...steps,
      'UID SEARCH': () => [`* SEARCH${deleted}`, ok],
      'UID STORE': () => {
        deleted = ' 2'
        return ok
      },
    }
    await using at = await opened({ handlers })
    await at.inbox.move(2, 'A', { withoutUidPlus: 'if-only-these' })
    expect(at.sent()).toEqual([
      'UID SEARCH DELETED',
      'UID COPY 2 A',
      'UID STORE 2 +FLAGS.SILENT (\\Deleted)',
      'UID SEARCH DELETED',
      'EXPUNGE',
    ])
    await using other = await opened({ handlers: { ...steps, 'UID SEARCH': ['* SEARCH 9', ok] } })
    await expect(other.inbox.move(2, 'A', { withoutUidPlus: 'if-only-these' })).rejects.toMatchObject({
      code: 'ECAPABILITY',
    })
    expect(other.sent()).toEqual(['UID SEARCH DELETED'])
  })
})

describe('expunge', () => {
  it('names its messages', async () => {
    await using at = await opened({ capabilities: ['UIDPLUS'], handlers: { 'UID EXPUNGE': ['* 1 EXPUNGE', ok] } })
    await at.inbox.expunge('5,7')
    expect([at.sent(), at.inbox.exists]).toEqual([['UID EXPUNGE 5,7'], 2])
  })

  it('without UIDPLUS is refused, unless told otherwise', async () => {
    const deleted = ['* SEARCH 5', ok]
    await using at = await opened({ handlers: { EXPUNGE: ok, 'UID SEARCH': deleted, 'UID STORE': ok } })
    await expect(at.inbox.expunge('5')).rejects.toMatchObject({ code: 'ECAPABILITY' })
    await expect(at.inbox.deleteForever('5')).rejects.toMatchObject({ code: 'ECAPABILITY' })
    await expect(at.inbox.expunge('6', { withoutUidPlus: 'if-only-these' })).rejects.toMatchObject({
      code: 'ECAPABILITY',
    })
    expect(at.sent()).toEqual(['UID SEARCH DELETED'])
    await at.inbox.expunge('5,6', { withoutUidPlus: 'if-only-these' })
    await at.inbox.expunge('6', { withoutUidPlus: 'all-deleted' })
    expect(at.sent().slice(1)).toEqual(['UID SEARCH DELETED', 'EXPUNGE', 'EXPUNGE'])
    await expect(at.inbox.expunge(5, { withoutUidPlus: 'yes' as 'refuse' })).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(at.inbox.expunge([])).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('sends nothing where nothing is marked', async () => {
    await using at = await opened({ handlers: { 'UID SEARCH': ['* SEARCH', ok] } })
    await at.inbox.expunge('5', { withoutUidPlus: 'if-only-these' })
    expect(at.sent()).toEqual(['UID SEARCH DELETED'])
  })

  it('after marking, for good', async () => {
    await using at = await opened({ capabilities: ['UIDPLUS'], handlers: { 'UID EXPUNGE': ok, 'UID STORE': ok } })
    await at.inbox.deleteForever('1:3')
    expect(at.sent()).toEqual(['UID STORE 1:3 +FLAGS.SILENT (\\Deleted)', 'UID EXPUNGE 1:3'])
  })

  it('is not sent when marking fails', async () => {
    await using at = await opened({ capabilities: ['UIDPLUS'], handlers: { 'UID STORE': '$tag NO read-only' } })
    await expect(at.inbox.deleteForever(1)).rejects.toMatchObject({ code: 'NO', serverText: 'read-only' })
    expect(at.sent()).toHaveLength(1)
  })
})
