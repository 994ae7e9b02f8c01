import { expectTypeOf, test } from 'vitest'
import { IMAP4, IMAP4_SSL, IMAP4_stream, Internaldate2tuple, ParseFlags, type StructTime } from 'imaplib'

test('types of results', () => {
  type Items = [typ: string, data: (Buffer | [Buffer, Buffer] | null)[]]
  expectTypeOf<Awaited<ReturnType<IMAP4['fetch']>>>().toEqualTypeOf<Items>()
  expectTypeOf<Awaited<ReturnType<IMAP4['search']>>>().toEqualTypeOf<Items>()
  expectTypeOf<Awaited<ReturnType<IMAP4['SELECT']>>>().toEqualTypeOf<Items>()
  expectTypeOf<Awaited<ReturnType<IMAP4['login']>>>().toEqualTypeOf<[typ: string, data: Buffer[]]>()
  expectTypeOf<Awaited<ReturnType<IMAP4['getquotaroot']>>[1][number]>().toEqualTypeOf<Items[1]>()
  expectTypeOf(Internaldate2tuple).returns.toEqualTypeOf<StructTime | null>()
  expectTypeOf(ParseFlags).returns.toEqualTypeOf<Buffer[]>()
})

test('connect() takes the arguments of the constructor, in every class', () => {
  class Mine extends IMAP4 {
    readonly extra = 1
  }
  const connects = () => [
    IMAP4.connect(),
    IMAP4.connect('localhost', 143, { timeout: 1, quoting: 'legacy3' }),
    Mine.connect('localhost'),
    IMAP4_SSL.connect('localhost', 993, {
      ca: 'x',
      keyfile: 'x',
      rejectUnauthorized: false,
      servername: 'x',
      timeout: 1,
    }),
    IMAP4_stream.connect('ssh mail imapd'),
    IMAP4_stream.connect(['ssh', 'mail'], { debug: 4 }),
  ]
  expectTypeOf(connects).returns.items.resolves.toExtend<IMAP4>()
  expectTypeOf(() => Mine.connect('x')).returns.resolves.toEqualTypeOf<Mine>()
  expectTypeOf(() => IMAP4_SSL.connect()).returns.resolves.toEqualTypeOf<IMAP4_SSL>()
  // @ts-expect-error: a port is a number
  expectTypeOf(() => IMAP4.connect('localhost', '143')).toBeFunction()
  // @ts-expect-error: IMAP4 has no TLS options
  expectTypeOf(() => IMAP4.connect('localhost', 143, { ca: 'x' })).toBeFunction()
  // @ts-expect-error: a stream needs a command
  expectTypeOf(() => IMAP4_stream.connect()).toBeFunction()
})

test('keyword arguments come last', () => {
  const M = new IMAP4()
  const calls = () => [
    M.search(null, 'ALL'),
    M.search('UTF-8', 'FROM ?', { params: ['x'] }),
    M.search(null, 'ALL', { uid: true }),
    M.uid('FETCH', [1, [2, '*']], ['UID', 'FLAGS'], { params: [] }),
    M.fetch(1, ['UID'], { uid: true, params: [['a', 1]] }),
    // @ts-expect-error: no such keyword
    M.search(null, 'ALL', { uidd: true }),
    // @ts-expect-error: not in the middle
    M.search(null, { uid: true }, 'ALL'),
  ]
  expectTypeOf(calls).toBeFunction()
})
