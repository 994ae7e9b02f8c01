import { CommandReader } from './command-reader.mjs'
import { Outbox } from './outbox.mjs'
import { contextKey } from './recordings.mjs'
import { syntheticMailboxes, syntheticRows, syntheticSearch } from './synthetic.mjs'

/**
 * What Dovecot 2.3 says after login, without what would change the workload: COMPRESS, BINARY (the server would decode
 * the part), NOTIFY.
 */
const capability =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT THREAD=REFERENCES MULTIAPPEND UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN LIST-STATUS MOVE STATUS=SIZE SPECIAL-USE LITERAL+'
const beforeLogin = 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN'
const enableable = new Set(['CONDSTORE', 'QRESYNC'])

const unquoted = (text) => (text.startsWith('"') ? text.slice(1, text.lastIndexOf('"')) : text)

/** The mailbox name that a command's arguments begin with. */
const mailboxOf = (rest) => {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(rest)
  if (quoted !== null) return quoted[1]
  const literal = /^\{(\d+)\+?\}\r\n/.exec(rest)
  if (literal !== null) return rest.slice(literal[0].length, literal[0].length + Number(literal[1]))
  return rest.split(' ', 1)[0]
}

/**
 * The state that sessions share.
 * @typedef {{ recordings: import('./recordings.mjs').Recordings, appended: Map<string, { messages: number, bytes: number }>, failures: string[] }} World
 */

/** One connection: INBOX answers as recorded, the other mailboxes as computed. */
export class Session {
  #world
  #out
  #socket
  #enabled = new Set()
  #selection = ''
  #mailbox = ''
  #idleTag = ''
  /** @type {(import('./command-reader.mjs').Command | undefined)[]} commands behind one that is being recorded */
  #queue = []
  #busy = false

  /** @param {import('node:stream').Duplex} socket @param {World} world */
  constructor(socket, world) {
    this.#world = world
    this.#socket = socket
    this.#out = new Outbox(socket)
    const reader = new CommandReader(
      (command) => this.#receive(command),
      () => {
        this.#out.push('+ OK\r\n')
        this.#out.flush()
      },
    )
    socket.on('data', (chunk) => {
      reader.feed(chunk)
      this.#out.flush()
    })
    socket.on('error', () => socket.destroy())
    this.#out.push(`* OK [CAPABILITY ${beforeLogin}] Replay ready.\r\n`)
    this.#out.flush()
  }

  #receive(command) {
    if (this.#busy) return void this.#queue.push(command)
    this.#answer(command)
  }

  #answer(command) {
    try {
      const handler = handlers.get(command.name)
      if (this.#idleTag !== '') return this.#endIdle()
      if (this.#loginTag !== '') return this.#loggedIn(this.#loginTag)
      if (handler !== undefined) return handler.call(this, command)
      if (this.#mailbox === 'INBOX') return this.#fromRecording(command)
      this.#done(command.tag, `BAD Not part of the benchmark: ${command.name}`)
      this.#world.failures.push(`${command.name} ${command.rest.slice(0, 200)}`)
    } catch (error) {
      this.#world.failures.push(String(error))
      this.#done(command.tag, `BAD ${error.message}`)
    }
  }

  #loginTag = ''

  #done(tag, text) {
    this.#out.push(`${tag} ${text}\r\n`)
  }

  #loggedIn(tag) {
    this.#loginTag = ''
    this.#done(tag, `OK [CAPABILITY ${capability}] Logged in`)
  }

  #endIdle() {
    const tag = this.#idleTag
    this.#idleTag = ''
    this.#done(tag, 'OK Idle completed.')
  }

  #fromRecording({ tag, name, rest }) {
    const text = rest === '' ? name : `${name} ${rest}`
    const { recordings } = this.#world
    const answer = recordings.find(contextKey(this.#enabled, this.#selection), text)
    if (answer !== undefined) return this.#sendRecording(tag, answer)
    this.#busy = true
    recordings
      .record(this.#enabled, this.#selection, text)
      .then((recorded) => this.#sendRecording(tag, recorded))
      .catch((error) => {
        this.#world.failures.push(String(error))
        this.#done(tag, `NO ${error.message}`)
      })
      .finally(() => {
        this.#busy = false
        while (!this.#busy && this.#queue.length > 0) this.#answer(this.#queue.shift())
        this.#out.flush()
      })
  }

  #sendRecording(tag, { untagged, completion }) {
    if (untagged.length > 0) this.#out.push(untagged)
    this.#out.push(tag + completion)
  }

  #select({ tag, name, rest }) {
    const mailbox = mailboxOf(rest)
    if (mailbox.toUpperCase() === 'INBOX') {
      this.#mailbox = ''
      this.#selection = ''
      const condstore = /\(.*CONDSTORE/i.test(rest) ? ' (CONDSTORE)' : ''
      const selection = `${name} INBOX${condstore}`
      this.#fromRecording({ tag, name, rest: `INBOX${condstore}` })
      this.#selection = selection
      this.#mailbox = 'INBOX'
      return
    }
    const spec = syntheticMailboxes.get(mailbox)
    if (spec === undefined) return this.#done(tag, `NO [NONEXISTENT] Mailbox doesn't exist: ${mailbox}`)
    this.#mailbox = mailbox
    this.#selection = ''
    const flags = '\\Answered \\Flagged \\Deleted \\Seen \\Draft'
    const permanent = name === 'SELECT' ? `(${flags} \\*)` : '()'
    this.#out.push(
      `* FLAGS (${flags})\r\n* OK [PERMANENTFLAGS ${permanent}] Flags permitted.\r\n* ${spec.exists} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] UIDs valid\r\n* OK [UIDNEXT ${spec.exists + 1}] Predicted next UID\r\n* OK [HIGHESTMODSEQ 1] Highest\r\n`,
    )
    this.#done(tag, name === 'SELECT' ? 'OK [READ-WRITE] Select completed.' : 'OK [READ-ONLY] Examine completed.')
  }

  #fetch(command, byUid, rest) {
    if (this.#mailbox === 'INBOX') return this.#fromRecording(command)
    for (const row of syntheticRows(this.#mailbox, byUid, rest)) this.#out.push(row)
    this.#done(command.tag, 'OK Fetch completed (0.001 + 0.000 secs).')
  }

  #search(command, byUid, rest) {
    if (this.#mailbox !== 'Million') return this.#fromRecording(command)
    for (const piece of syntheticSearch(command.tag, byUid, rest)) this.#out.push(piece)
    this.#done(command.tag, 'OK Search completed (0.001 + 0.000 secs).')
  }

  #status({ tag, rest }) {
    const mailbox = mailboxOf(rest)
    const held = this.#world.appended.get(mailbox) ?? { messages: 17, bytes: 34_000 }
    const values = new Map([
      ['MESSAGES', held.messages],
      ['SIZE', held.bytes],
      ['UIDNEXT', held.messages + 1],
      ['UIDVALIDITY', 1],
      ['UNSEEN', 0],
      ['RECENT', 0],
      ['HIGHESTMODSEQ', 1],
    ])
    const items = rest
      .slice(rest.lastIndexOf('(') + 1, rest.lastIndexOf(')'))
      .toUpperCase()
      .split(' ')
    this.#out.push(`* STATUS ${mailbox} (${items.map((item) => `${item} ${values.get(item) ?? 0}`).join(' ')})\r\n`)
    this.#done(tag, 'OK Status completed (0.001 + 0.000 secs).')
  }

  #append({ tag, rest, appended }) {
    const mailbox = mailboxOf(rest)
    const held = this.#world.appended.get(mailbox) ?? { messages: 0, bytes: 0 }
    const first = held.messages + 1
    for (const size of appended) {
      held.messages++
      held.bytes += size
    }
    this.#world.appended.set(mailbox, held)
    const uids = appended.length === 1 ? `${first}` : `${first}:${held.messages}`
    this.#done(tag, `OK [APPENDUID 1 ${uids}] Append completed (0.001 + 0.000 secs).`)
  }

  static handlers() {
    /** @type {Map<string, (this: Session, command: import('./command-reader.mjs').Command) => void>} */
    const table = new Map()
    const on = (names, handler) => names.forEach((name) => table.set(name, handler))
    on(['CAPABILITY'], function ({ tag }) {
      this.#out.push(`* CAPABILITY ${capability}\r\n`)
      this.#done(tag, 'OK Capability completed.')
    })
    on(['LOGIN'], function ({ tag }) {
      this.#loggedIn(tag)
    })
    on(['AUTHENTICATE'], function ({ tag, rest }) {
      if (rest.includes(' ')) return this.#loggedIn(tag)
      this.#loginTag = tag
      this.#out.push('+ \r\n')
    })
    on(['ENABLE'], function ({ tag, rest }) {
      const granted = rest
        .toUpperCase()
        .split(' ')
        .filter((name) => enableable.has(name))
      for (const name of granted) this.#enabled.add(name)
      this.#out.push(`* ENABLED${granted.map((name) => ` ${name}`).join('')}\r\n`)
      this.#done(tag, 'OK Enabled.')
    })
    on(['ID'], function ({ tag }) {
      this.#out.push('* ID ("name" "Dovecot")\r\n')
      this.#done(tag, 'OK ID completed.')
    })
    on(['NAMESPACE'], function ({ tag }) {
      this.#out.push('* NAMESPACE (("" "/")) NIL NIL\r\n')
      this.#done(tag, 'OK Namespace completed.')
    })
    on(['LIST', 'LSUB'], function ({ tag, name, rest }) {
      const pattern = unquoted(rest.slice(rest.indexOf(' ') + 1))
      if (pattern === '') this.#out.push(`* ${name} (\\Noselect) "/" ""\r\n`)
      else
        for (const mailbox of ['INBOX', ...syntheticMailboxes.keys()])
          if (pattern === '*' || pattern === '%' || pattern === mailbox)
            this.#out.push(`* ${name} (\\HasNoChildren) "/" ${mailbox}\r\n`)
      this.#done(tag, 'OK List completed.')
    })
    on(['SELECT', 'EXAMINE'], function (command) {
      this.#select(command)
    })
    on(['FETCH'], function (command) {
      this.#fetch(command, false, command.rest)
    })
    on(['SEARCH'], function (command) {
      this.#search(command, false, command.rest)
    })
    on(['UID'], function (command) {
      const space = command.rest.indexOf(' ')
      const rest = command.rest.slice(space + 1)
      switch (command.rest.slice(0, space).toUpperCase()) {
        case 'FETCH':
          return this.#fetch(command, true, rest)
        case 'SEARCH':
          return this.#search(command, true, rest)
        default:
          this.#fromRecording(command)
      }
    })
    on(['STATUS'], function (command) {
      this.#status(command)
    })
    on(['APPEND'], function (command) {
      this.#append(command)
    })
    on(['IDLE'], function ({ tag }) {
      this.#idleTag = tag
      this.#out.push('+ idling\r\n')
    })
    on(['NOOP', 'CHECK', 'CREATE', 'SUBSCRIBE', 'CLOSE', 'UNSELECT'], function ({ tag, name }) {
      if (name === 'CLOSE' || name === 'UNSELECT') this.#mailbox = ''
      this.#done(tag, `OK ${name} completed.`)
    })
    on(['DELETE'], function ({ tag, rest }) {
      this.#world.appended.delete(mailboxOf(rest))
      this.#done(tag, 'OK Delete completed.')
    })
    on(['LOGOUT'], function ({ tag }) {
      this.#out.push('* BYE Logging out\r\n')
      this.#done(tag, 'OK Logout completed.')
      this.#out.flush()
      this.#socket.end()
    })
    return table
  }
}

const handlers = Session.handlers()
