/** A value to call with, or that came back: bytes as `{ b }`, each byte a char. */
export type Value = string | number | boolean | null | { b: string } | Value[]

/** One session: what the server says, and the calls. */
export interface Scenario {
  name: string
  greeting?: string
  capabilities?: string
  /** By command; `$tag` is the tag. A list of lists: the answers to the first, the second, … such command. */
  server?: Record<string, string[] | string[][]>
  calls: [method: string, ...args: Value[]][]
  /** Calls (by their number, 0 is the connect) in which today's Python is followed, and the older one is not; and why. */
  differs?: Record<number, string>
}

const login: [string, string, string] = ['login', 'user', 'pass']
const select: [string] = ['select']
const refused = 'since 3.14 the text is decoded'
const named = 'since 3.14 names are shown by repr()'

/** Sessions for the comparison with Python: each goes through Python's imaplib and ours, against the same server. */
export const scenarios: Scenario[] = [
  { name: 'login, select, logout', calls: [login, select, ['noop'], ['check'], ['logout']] },
  {
    name: 'preauth',
    greeting: '* PREAUTH hello',
    calls: [select, ['search', null, 'ALL'], ['logout']],
    server: { SEARCH: ['* SEARCH 1 2 3', '$tag OK x'] },
  },
  { name: 'greeting of POP3', greeting: '+OK POP3', calls: [], differs: { 0: 'gh-108280' } },
  { name: 'greeting BYE', greeting: '* BYE no', calls: [], differs: { 0: 'gh-108280' } },
  { name: 'greeting of SSH', greeting: 'SSH-2.0-OpenSSH', calls: [] },
  { name: 'rev2 only', capabilities: 'IMAP4rev2', calls: [] },
  { name: 'IMAP4', capabilities: 'IMAP4', calls: [['logout']] },
  { name: 'no capabilities', server: { CAPABILITY: ['$tag OK x'] }, calls: [] },
  {
    name: 'wrong states',
    calls: [
      select,
      ['fetch', '1', '(FLAGS)'],
      login,
      login,
      ['fetch', '1', '(FLAGS)'],
      ['enable', 'X'],
      ['uid', 'FETCH', '1', 'X'],
      ['uid', 'bogus'],
    ],
    differs: { 8: named },
  },
  {
    name: 'login refused',
    server: { LOGIN: ['$tag NO [AUTHENTICATIONFAILED] no'] },
    calls: [login, ['noop']],
    differs: { 1: refused },
  },
  { name: 'login not understood', server: { LOGIN: ['$tag BAD what'] }, calls: [login, ['login', 'a b', 'x"y\\z']] },
  {
    name: 'authenticate',
    server: {
      AUTHENTICATE: [['+ aGVsbG8=', '<', '$tag NO [X] no'], ['+', '<', '+ ', '<', '$tag OK in'], ['$tag NO never']],
    },
    calls: [
      ['authenticate', 'x', 'fake'],
      ['authenticate', 'y', { b: '\x00\xff' }],
      ['authenticate', 'z', 'q'],
    ],
  },
  {
    name: 'authenticate given up',
    server: { AUTHENTICATE: ['+ ', '<', '$tag BAD aborted'] },
    calls: [
      ['authenticate', 'x', null],
      ['authenticate', 'x', ''],
    ],
  },
  {
    name: 'a long reply',
    server: { AUTHENTICATE: ['+ ', '<', '$tag OK x'] },
    calls: [['authenticate', 'x', 'x'.repeat(200)]],
  },
  {
    name: 'literals',
    server: {
      FETCH: [
        ['* 1 FETCH (BODY[1] {5}\r\nhello BODY[2] {2}\r\n\r\n FLAGS ())', '* 2 FETCH (FLAGS (\\Seen))', '$tag OK x'],
        ['* 3 FETCH (X ~{3}\r\nabc {0}\r\n)', '$tag OK x'],
        ['$tag OK none'],
        ['* 9 FETCH', '* 9 FETCH ', '* 9 FETCH  x', '$tag OK x'],
      ],
      LIST: ['* LIST () "/" {3}\r\na b', '* LIST () "/" INBOX', '$tag OK x'],
    },
    calls: [
      login,
      ['list'],
      select,
      ['fetch', '1:2', '(BODY[1])'],
      ['fetch', '3', 'ALL'],
      ['fetch', '9', 'FAST'],
      ['fetch', '9', '(X)'],
      ['response', 'FETCH'],
    ],
  },
  {
    name: 'the store',
    server: {
      NOOP: [
        '* 2 FETCH (FLAGS ())',
        '* 5 EXISTS',
        '* 1 RECENT',
        '* OK [ALERT] x',
        '* NO [X y] z ] w',
        '* X2Y foo',
        '* THING',
        '$tag OK [CODE a b] done',
      ],
      FETCH: ['* 9 FETCH (UID 1)', '$tag OK x'],
    },
    calls: [
      login,
      select,
      ['recent'],
      ['noop'],
      ['fetch', '9', '(UID)'],
      ['response', 'exists'],
      ['response', 'EXISTS'],
      ['response', 'ALERT'],
      ['response', 'X'],
      ['response', 'CODE'],
      ['response', 'THING'],
      ['response', 'OK'],
      ['response', 'NO'],
      ['recent'],
      ['recent'],
    ],
  },
  {
    name: 'select in its ways',
    server: {
      SELECT: [
        ['* 1 EXISTS', '* 2 EXISTS', '* OK [UIDVALIDITY 7] x', '$tag OK [READ-WRITE] x'],
        ['$tag NO none'],
        ['$tag OK nothing'],
        ['* 3 EXISTS', '$tag OK [READ-ONLY] x'],
      ],
      EXAMINE: ['* 4 EXISTS', '$tag OK [READ-ONLY] x'],
    },
    calls: [
      login,
      ['select', 'a'],
      ['response', 'UIDVALIDITY'],
      ['select', 'b'],
      ['select', 'c'],
      ['select', 'd'],
      ['noop'],
      ['select', 'e', true],
      ['noop'],
      ['close'],
    ],
    differs: { 6: named },
  },
  {
    name: 'search, sort, thread',
    server: {
      SEARCH: [
        ['* SEARCH 1 2', '$tag OK x'],
        ['* SEARCH', '$tag OK x'],
        ['$tag OK x'],
        ['* SEARCH 1', '* SEARCH 2', '$tag OK x'],
        ['$tag NO [BADCHARSET (UTF-8)] x'],
        ['$tag BAD x'],
      ],
      SORT: ['* SORT 3 1', '$tag OK x'],
      THREAD: ['* THREAD (1)(2 3)', '$tag OK x'],
    },
    calls: [
      login,
      select,
      ['search', null, 'ALL'],
      ['search', null, 'FROM', '"x y"'],
      ['search', 'UTF-8', 'TEXT', 'x'],
      ['search', null, '(OR SEEN NEW)'],
      ['search', 'X', 'ALL'],
      ['search', null, 'FOO'],
      ['sort', 'REVERSE DATE', 'UTF-8', 'ALL'],
      ['sort', '(DATE)', 'UTF-8', 'FROM', 'x'],
      ['thread', 'REFERENCES', 'UTF-8', 'ALL'],
    ],
  },
  {
    name: 'uid',
    server: {
      UID: [
        ['* SEARCH 4', '$tag OK x'],
        ['* 1 FETCH (UID 4 BODY[] {2}\r\nab)', '$tag OK x'],
        ['$tag OK [COPYUID 1 2 3] x'],
        ['* 1 EXPUNGE', '$tag OK x'],
        ['* 1 FETCH (FLAGS ())', '$tag OK x'],
        ['* SORT 1', '$tag OK x'],
        ['* THREAD (1)', '$tag OK x'],
        ['$tag NO no'],
      ],
    },
    calls: [
      login,
      select,
      ['uid', 'search', null, 'ALL'],
      ['uid', 'FETCH', '4', '(BODY[])'],
      ['uid', 'COPY', '4', 'x'],
      ['uid', 'EXPUNGE', '4'],
      ['uid', 'STORE', '4', '+FLAGS', '(\\Seen)'],
      ['uid', 'SORT', '(DATE)', 'UTF-8', 'ALL'],
      ['uid', 'THREAD', 'REFS', 'UTF-8', 'ALL'],
      ['uid', 'MOVE', '4', 'x'],
      ['response', 'COPYUID'],
      ['response', 'EXPUNGE'],
    ],
  },
  {
    name: 'store, copy, expunge, partial',
    server: {
      STORE: [['* 1 FETCH (FLAGS (\\Seen))', '$tag OK x'], ['$tag OK x'], ['$tag NO x']],
      COPY: [['$tag OK [COPYUID 1 2 3] x'], ['$tag NO [TRYCREATE] x']],
      EXPUNGE: [['* 3 EXPUNGE', '* 3 EXPUNGE', '$tag OK x'], ['$tag OK x']],
      PARTIAL: ['* 1 FETCH (X "y")', '$tag OK x'],
    },
    calls: [
      login,
      select,
      ['store', '1', '+FLAGS', '\\Seen'],
      ['store', '1', '+FLAGS.SILENT', '(\\Seen)'],
      ['store', '1', 'FLAGS', 'x'],
      ['copy', '1', 'x'],
      ['copy', '1', 'y'],
      ['response', 'TRYCREATE'],
      ['expunge'],
      ['expunge'],
      ['partial', '1', 'X', '0', '5'],
    ],
  },
  {
    name: 'append',
    server: { APPEND: ['$tag OK [APPENDUID 1 2] x'] },
    calls: [
      login,
      ['append', null, null, null, { b: 'a\rb\nc\r\nd\xff' }],
      ['append', 'x', '\\Seen', null, { b: '' }],
      ['append', '"a b"', '(\\Seen $x)', '"17-Jul-1996 02:44:25 -0700"', { b: 'x' }],
      ['append', '', '', '', { b: 'x' }],
      ['append', 'x', null, 'nonsense', { b: 'x' }],
      ['response', 'APPENDUID'],
    ],
  },
  {
    name: 'mailboxes',
    server: {
      CREATE: ['$tag OK x'],
      DELETE: ['$tag NO x'],
      RENAME: ['$tag OK x'],
      SUBSCRIBE: ['$tag OK x'],
      UNSUBSCRIBE: ['$tag BAD x'],
      LIST: ['* LIST () "/" a', '$tag OK x'],
      LSUB: ['$tag OK x'],
      STATUS: ['* STATUS a (MESSAGES 1)', '$tag OK x'],
      NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK x'],
    },
    calls: [
      login,
      ['create', 'a'],
      ['create', '"a b"'],
      ['create', 'a b'],
      ['delete', 'a'],
      ['rename', 'a', 'b'],
      ['subscribe', 'a'],
      ['unsubscribe', 'a'],
      ['list'],
      ['list', '~/', '%'],
      ['lsub'],
      ['status', 'a', '(MESSAGES)'],
      ['namespace'],
      ['create', 'ü'],
    ],
  },
  {
    name: 'rights, quota, annotations',
    server: {
      GETACL: ['* ACL a b c', '$tag OK x'],
      SETACL: ['$tag OK x'],
      DELETEACL: ['$tag OK x'],
      MYRIGHTS: ['* MYRIGHTS a rw', '$tag OK x'],
      GETQUOTA: ['* QUOTA "" (STORAGE 1 2)', '$tag OK x'],
      SETQUOTA: ['* QUOTA "" (STORAGE 1 2)', '$tag OK x'],
      GETQUOTAROOT: [['* QUOTAROOT a ""', '* QUOTA "" (STORAGE 1 2)', '$tag OK x'], ['$tag NO x'], ['$tag OK x']],
      GETANNOTATION: ['* ANNOTATION a "/comment" ("value.shared" {1}\r\nx)', '$tag OK x'],
      SETANNOTATION: ['$tag OK x'],
      PROXYAUTH: ['$tag OK x'],
    },
    calls: [
      login,
      ['getacl', 'a'],
      ['setacl', 'a', 'b', 'c'],
      ['deleteacl', 'a', 'b'],
      ['myrights', 'a'],
      ['getquota', '""'],
      ['setquota', '""', '(STORAGE 1)'],
      ['getquotaroot', 'a'],
      ['getquotaroot', 'a'],
      ['getquotaroot', 'a'],
      ['getannotation', 'a', '/comment', 'value.shared'],
      ['setannotation', 'a', '/comment', '("value.shared" "x")'],
      ['proxyauth', 'someone'],
    ],
  },
  {
    name: 'enable',
    capabilities: 'IMAP4rev1 ENABLE',
    server: { ENABLE: ['* ENABLED X', '$tag OK x'] },
    calls: [['enable', 'X'], login, ['enable', 'X'], ['response', 'ENABLED']],
  },
  {
    name: 'xatom',
    server: { XFOO: ['* XDATA a', '$tag OK x'] },
    calls: [['xatom', 'xfoo', 'a', '(b c)'], ['response', 'XDATA'], login, ['xatom', 'XFOO']],
  },
  {
    name: 'unselect, close',
    server: { UNSELECT: ['$tag NO x'], CLOSE: ['$tag BAD x'] },
    calls: [login, select, ['unselect'], select, ['close'], ['close']],
  },
  ...['* ok x', '*  OK x', 'A1 OK x', '$tag OK', '$tag ok x', '* 5', '*', '$tag7 OK x'].map((line) => ({
    name: `unexpected: ${line}`,
    server: { NOOP: [line, '$tag OK x'] },
    calls: [['noop']] as Scenario['calls'],
  })),
  { name: 'BYE', server: { NOOP: ['* BYE gone', '!'] }, calls: [['noop']] },
  { name: 'the end', server: { NOOP: ['!'] }, calls: [['noop']] },
  { name: 'a continuation that nobody waits for', server: { NOOP: ['+ x', '+', '$tag OK x'] }, calls: [['noop']] },
  {
    name: 'a status text that ends in a literal',
    server: { NOOP: ['* OK x {3}\r\nabc', '$tag OK x'] },
    calls: [['noop'], ['response', 'OK']],
  },
  { name: 'logout without BYE', server: { LOGOUT: ['$tag OK x'] }, calls: [['logout']] },
  { name: 'logout refused', server: { LOGOUT: ['$tag BAD x'] }, calls: [['logout']] },
]
