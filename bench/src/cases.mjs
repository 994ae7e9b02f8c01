import { expectedSums } from './corpus/maildir.mjs'
import { partSizes } from './replay/synthetic.mjs'

/**
 * One row of the benchmark: a task, the server it runs against and what every client must come to.
 * @typedef {object} Case
 * @property {string} id
 * @property {string} title
 * @property {string} task the name under which a client has it
 * @property {readonly string[]} clients
 * @property {'replay' | 'dovecot' | 'none'} server
 * @property {string} unit what `count` counts
 * @property {number} count
 * @property {Readonly<Record<string, number>>} [counts] fewer for a client that would take minutes
 * @property {number} [unitBytes] for MB/s
 * @property {'cpu' | 'wall' | 'peak' | 'each' | 'heap'} metric what the ratios compare
 * @property {boolean} [secure]
 * @property {number} [roundTrip] milliseconds
 * @property {object} job what the task needs besides
 * @property {object} [expected] sums, compared by the names that a client gives
 * @property {boolean} [recording] needs the recorded bytes of W1 as a file
 */

const all = ['raw', 'ours', 'imapflow', 'node-imap', 'imap']
const withPython = [...all, 'ours-imaplib', 'cpython']
const KiB = 1024
const MiB = 1024 * KiB
const sumTo = (n) => (n * (n + 1)) / 2

/** node-imap, imap and imaplib wait 40 ms in each APPEND: their header and their literal are two small writes. */
const slowAppenders = (count) => ({
  'node-imap': Math.min(count, 40),
  imap: Math.min(count, 40),
  cpython: Math.min(count, 40),
})

const bodies = (scale) => {
  const kinds = [
    { id: 'W2a', mailbox: 'Bodies20K', count: 5000 * scale, size: 20 * KiB, text: '20 KiB', atOnce: 5000 },
    { id: 'W2b', mailbox: 'Bodies5M', count: 200 * scale, size: 5 * MiB, text: '5 MiB', atOnce: 1 },
  ]
  const cases = []
  for (const { id, mailbox, count, size, text, atOnce } of kinds) {
    for (const secure of [false, true]) {
      for (const mode of ['buffer', 'stream']) {
        cases.push({
          id: `${id}-${mode}${secure ? '-tls' : ''}`,
          title: `${count} × ${text} BODY.PEEK[] as ${mode}${secure ? ', TLS' : ''}`,
          task: 'bodies',
          clients: mode === 'buffer' ? withPython : all,
          server: 'replay',
          unit: 'message',
          count,
          unitBytes: size,
          metric: 'cpu',
          secure,
          // The two imaplibs hold a whole answer in memory: they ask for large messages one by one, as their users must.
          job: { mailbox, mode, atOnce: Math.min(atOnce, count) },
          expected: { messages: count, bytes: count * size },
        })
      }
    }
  }
  const literal = { unit: 'MiB', count: 512, unitBytes: MiB, server: 'replay', metric: 'peak', clients: withPython }
  cases.push({
    ...literal,
    id: 'W2c-down',
    title: 'one literal of 512 MiB, received as a stream where the client can',
    task: 'literal',
    job: { mailbox: 'Literal512M', mode: 'stream', count: 1 },
    expected: { messages: 1, bytes: 512 * MiB },
  })
  cases.push({
    ...literal,
    id: 'W2c-up',
    title: 'one literal of 512 MiB, sent as a stream where the client can',
    task: 'appendStream',
    job: { target: 'Appended', size: 512 * MiB },
    expected: { appendedMessages: 1, appendedBytes: 512 * MiB },
  })
  return cases
}

const commands = (scale) => {
  const one = (id, title, mode, roundTrip, count) => ({
    id,
    title,
    task: 'flagsEach',
    clients: mode === 'sequential' ? withPython : all,
    server: 'replay',
    unit: 'command',
    count,
    metric: roundTrip > 0 ? 'wall' : 'cpu',
    roundTrip,
    job: { mailbox: 'Flags', mode },
    expected: { messages: count, uids: sumTo(count) },
  })
  return [
    one('W3-sequential', `${5000 * scale} × UID FETCH n (FLAGS), each after the other`, 'sequential', 0, 5000 * scale),
    one('W3-all', `${5000 * scale} × UID FETCH n (FLAGS), all at once`, 'all', 0, 5000 * scale),
    one('W3-rtt', '100 × UID FETCH n (FLAGS), all at once, 20 ms round trip', 'all', 20, 100),
  ]
}

const appends = (scale) => {
  const size = 20 * KiB
  const count = 5000 * scale
  const titles = { one: 'one at a time', all: 'all at once', multi: 'MULTIAPPEND' }
  const cases = []
  for (const server of ['replay', 'dovecot']) {
    for (const mode of ['one', 'all', 'multi']) {
      cases.push({
        id: `W4-${server === 'replay' ? 'replay' : 'live'}-${mode}`,
        title: `append ${count} × 20 KiB, ${titles[mode]}, ${server === 'replay' ? 'replayed' : 'live Dovecot'}`,
        task: 'append',
        clients: mode === 'multi' ? ['raw', 'ours'] : mode === 'one' ? withPython : all,
        server,
        unit: 'message',
        count,
        counts: slowAppenders(count),
        unitBytes: size,
        metric: server === 'replay' ? 'cpu' : 'wall',
        job: { target: 'Appended', size, mode },
        expected: { appendedMessages: true, appendedBytes: true },
      })
    }
  }
  return cases
}

const idle = (scale) =>
  [false, true].map((secure) => ({
    id: secure ? 'W5-tls' : 'W5',
    title: `${1000 * scale} idle connections in one process, mailbox selected${secure ? ', TLS' : ''}`,
    task: 'idle',
    clients: withPython,
    server: 'replay',
    unit: 'connection',
    count: 1000 * scale,
    metric: 'each',
    secure,
    job: { mailbox: 'Flags', warmUp: 100 },
    expected: { messages: 1000 * scale },
  }))

const parsers = (messages, sums) => {
  const sizes = [
    ['W6-64K', 65536, '64 KiB', undefined],
    ['W6-1K', 1024, '1 KiB', undefined],
    ['W6-1B', 1, '1 byte', 2 * MiB],
  ]
  return sizes.map(([id, chunk, text, limit]) => ({
    id,
    title: `parser alone on the bytes of W1 in chunks of ${text}${limit === undefined ? '' : ', the first 2 MiB'}`,
    task: 'parser',
    clients: chunk === 65536 ? withPython : all,
    server: 'none',
    unit: limit === undefined ? 'message' : 'MiB',
    count: limit === undefined ? messages : limit / MiB,
    metric: 'cpu',
    job: { chunk, ...(limit === undefined ? {} : { limit }) },
    ...(limit === undefined ? { expected: { messages: sums.messages, uids: sums.uids, sizes: sums.sizes } } : {}),
    recording: true,
  }))
}

const distance = (scale) => {
  const far = [20, 50].flatMap((roundTrip) => [
    {
      id: `W7-first-${roundTrip}`,
      title: `connect to the first row, ${roundTrip} ms round trip`,
      task: 'firstRow',
      clients: withPython,
      unit: 'connection',
      count: 1,
      roundTrip,
      job: { mailbox: 'Flags' },
      expected: { uids: 1 },
    },
    {
      id: `W7-status-${roundTrip}`,
      title: `50 STATUS at once, ${roundTrip} ms round trip`,
      task: 'statusMany',
      clients: withPython,
      unit: 'command',
      count: 50,
      roundTrip,
      job: {},
      expected: { messages: 50 * 17 },
    },
  ])
  const hits = 1_000_000
  const scattered = 50_000 * scale
  return [
    ...far.map((item) => ({ ...item, server: 'replay', metric: 'wall' })),
    {
      id: 'W7-part',
      title: 'one part of 20 MiB, base64 decoded',
      task: 'part',
      clients: withPython,
      server: 'replay',
      unit: 'MiB',
      count: 20,
      unitBytes: MiB,
      metric: 'cpu',
      job: { mailbox: 'Part20M' },
      expected: { bytes: partSizes.decoded },
    },
    {
      id: 'W7-search',
      title: 'SEARCH with a million hits, every UID read',
      task: 'search',
      clients: withPython,
      server: 'replay',
      unit: 'hit',
      count: hits,
      metric: 'cpu',
      job: { mailbox: 'Million' },
      expected: { messages: hits, uids: hits * hits },
    },
    {
      id: 'W7-scattered',
      title: `FETCH of ${scattered} scattered UIDs`,
      task: 'scattered',
      clients: all,
      server: 'replay',
      unit: 'message',
      count: scattered,
      metric: 'cpu',
      job: { mailbox: 'Scattered' },
      expected: { messages: scattered, uids: scattered * scattered },
    },
  ]
}

/** @param {{ seed: number, messages: number, scale: number }} options @returns {Case[]} */
export const allCases = ({ seed, messages, scale }) => {
  const sums = expectedSums({ seed, count: messages })
  const scan = {
    server: 'replay',
    unit: 'message',
    count: messages,
    metric: 'cpu',
    job: { mailbox: 'INBOX' },
    expected: sums,
  }
  return [
    {
      ...scan,
      id: 'W1',
      title: `${messages} × UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE, every field read and decoded`,
      task: 'metadata',
      clients: all,
    },
    {
      ...scan,
      id: 'W1-tls',
      title: 'W1 over TLS',
      task: 'metadata',
      clients: all,
      secure: true,
    },
    {
      ...scan,
      id: 'W1s',
      title: 'W1, but only UID, flags and size are read, and the rows kept',
      task: 'metadataLight',
      clients: all,
    },
    {
      ...scan,
      id: 'W1p',
      title: 'IMAP4.fetch of W1, raw',
      task: 'metadataRaw',
      clients: ['raw', 'ours-imaplib', 'cpython'],
    },
    ...bodies(scale),
    ...commands(scale),
    ...appends(scale),
    ...idle(scale),
    ...parsers(messages, sums),
    ...distance(scale),
  ]
}
