import { describe, expect, it } from 'vitest'
import { opened } from '../client/opened.ts'

const body = 'BODY[] {3}\r\nabc'

/** The rows that a fetch of source and flags makes of these answers. */
const rowsOf = async (...answers: readonly string[]): Promise<unknown[]> => {
  await using at = await opened({ handlers: { 'UID FETCH': [...answers, '$tag OK'] } })
  const rows = await at.inbox.fetchAll('1:5', { source: true, flags: true })
  return rows.map(({ uid, source, flags }) => [uid, source.toString(), ...flags])
}

describe('FETCH: an answer in several rows (RFC 9051 §7.5.2 lets a server tell in any of them)', () => {
  it.each<[string[], unknown[]]>([
    [[`* 1 FETCH (UID 1 ${body})`, '* 1 FETCH (UID 1 FLAGS (a))'], [[1, 'abc', 'a']]],
    [['* 1 FETCH (UID 1 FLAGS (a))', `* 1 FETCH (UID 1 ${body})`], [[1, 'abc', 'a']]],
    [['* 1 FETCH (UID 1)', `* 1 FETCH (${body})`, '* 1 FETCH (FLAGS (a))'], [[1, 'abc', 'a']]],
    // What comes once all is there is news, and no second answer.
    [[`* 1 FETCH (UID 1 FLAGS (a) ${body})`, '* 1 FETCH (UID 1 FLAGS (b))'], [[1, 'abc', 'a']]],
    [
      [`* 1 FETCH (UID 1 ${body})`, `* 2 FETCH (UID 2 ${body})`, '* 2 FETCH (FLAGS (b))', '* 1 FETCH (FLAGS (a))'],
      [
        [2, 'abc', 'b'],
        [1, 'abc', 'a'],
      ],
    ],
    // The same number, another message: never put together.
    [
      [`* 1 FETCH (UID 1 ${body} FLAGS (a))`, '* 1 EXPUNGE', `* 1 FETCH (UID 2 ${body} FLAGS (b))`],
      [
        [1, 'abc', 'a'],
        [2, 'abc', 'b'],
      ],
    ],
  ])('%j', async (answers, rows) => {
    expect(await rowsOf(...answers)).toEqual(rows)
  })

  it('with a part of another message is never put together', async () => {
    const split = [`* 1 FETCH (UID 1 ${body})`, '* 1 EXPUNGE', '* 1 FETCH (FLAGS (other))']
    await expect(rowsOf(...split)).rejects.toMatchObject({ code: 'EUNPARSED' })
    await expect(rowsOf(`* 1 FETCH (UID 1 ${body})`, '* 1 FETCH (UID 2 FLAGS (b))')).rejects.toMatchObject({
      code: 'EUNPARSED',
    })
  })
})
