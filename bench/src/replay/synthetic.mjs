import { Prng } from '../corpus/prng.mjs'

/**
 * Mailboxes whose rows are computed: bodies of a chosen size, flags, many UIDs. They answer in Dovecot's form and in
 * the order in which the items were asked for, as Dovecot does.
 */

const MiB = 1 << 20
const blockSize = MiB

/** 1 MiB of base64 lines: what the attachments that make mail large look like. 76 characters and CRLF are 78 bytes. */
const makeBlock = () => {
  const random = new Prng(7)
  const bytes = Buffer.allocUnsafe(Math.ceil(blockSize / 78) * 57 + 3)
  for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256)
  const block = Buffer.allocUnsafe(Math.ceil(blockSize / 78) * 78)
  for (let line = 0, at = 0; at < block.length; line++, at += 78) {
    block.write(bytes.subarray(line * 57, line * 57 + 57).toString('base64'), at, 'latin1')
    block.write('\r\n', at + 76, 'latin1')
  }
  return block.subarray(0, blockSize)
}

let madeBlock
const block = () => (madeBlock ??= makeBlock())

/** `size` bytes of literal as views of the one block, from an offset that differs by message. */
const literal = (size, offset) => {
  const pieces = []
  for (let left = size, at = offset; left > 0; at = 0) {
    const piece = block().subarray(at, Math.min(blockSize, at + left))
    pieces.push(piece)
    left -= piece.length
  }
  return pieces
}

/** The sizes of a 20 MiB part: whole lines of 57 bytes, encoded as 76 characters and CRLF. */
export const partSizes = { decoded: 57 * Math.floor((20 * MiB) / 57), encoded: 78 * Math.floor((20 * MiB) / 57) }

/** @type {Map<string, { exists: number, size(n: number): number }>} */
export const syntheticMailboxes = new Map([
  ['Flags', { exists: 5000, size: () => 2000 }],
  ['Bodies20K', { exists: 5000, size: () => 20 * 1024 }],
  ['Bodies5M', { exists: 200, size: () => 5 * MiB }],
  ['Literal512M', { exists: 1, size: () => 512 * MiB }],
  ['Part20M', { exists: 1, size: () => partSizes.encoded + 600 }],
  ['Scattered', { exists: 100_000, size: () => 2000 }],
  ['Million', { exists: 2_000_000, size: () => 2000 }],
])

const mimeHeader =
  'Content-Type: application/octet-stream; name="large.bin"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="large.bin"\r\n\r\n'
const structure = `(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 12 1 NIL NIL NIL NIL)("application" "octet-stream" ("name" "large.bin") NIL NIL "base64" ${partSizes.encoded} NIL ("attachment" ("filename" "large.bin")) NIL NIL) "mixed" ("boundary" "=_b") NIL NIL NIL)`
const envelope =
  '("Mon, 5 Jan 2026 10:00:00 +0000" "large" (("A" NIL "a" "example.org")) (("A" NIL "a" "example.org")) (("A" NIL "a" "example.org")) ((NIL NIL "b" "example.org")) NIL NIL NIL "<1@example.org>")'
const header = 'From: A <a@example.org>\r\nTo: b@example.org\r\nSubject: large\r\nMIME-Version: 1.0\r\n\r\n'

const sectionBytes = (mailbox, n, section) => {
  switch (section.toUpperCase()) {
    case '':
    case 'TEXT':
      return literal(mailbox.size(n), (n * 4099) % (blockSize - 4096))
    case '2':
      // Begins at the start of a line, so that it decodes.
      return literal78(partSizes.encoded)
    case '2.MIME':
      return [Buffer.from(mimeHeader)]
    case '1':
      return [Buffer.from('hello there\r\n')]
    default:
      return [Buffer.from(header)]
  }
}

/** Whole lines only: the block is cut at its last line end, so that a repetition goes on as good base64. */
const literal78 = (size) => {
  const lines = block().subarray(0, 78 * Math.floor(blockSize / 78))
  const pieces = []
  for (let left = size; left > 0; left -= lines.length) pieces.push(lines.subarray(0, Math.min(lines.length, left)))
  return pieces
}

const cut = (pieces, start, length) => {
  const result = []
  let skip = start
  let left = length
  for (const piece of pieces) {
    if (left <= 0) break
    const part = piece.subarray(Math.min(skip, piece.length), Math.min(piece.length, skip + left))
    skip = Math.max(0, skip - piece.length)
    left -= part.length
    if (part.length > 0) result.push(part)
  }
  return result
}

const bodyItem = /^(?:BODY(?:\.PEEK)?\[([^\]]*)\]|RFC822(?:\.PEEK)?)(?:<(\d+)\.(\d+)>)?$/i

/** @returns {(mailbox, n: number) => (string | Buffer)[]} */
const rowItem = (item) => {
  switch (item.toUpperCase()) {
    case 'UID':
      return (_, n) => [`UID ${n}`]
    case 'FLAGS':
      return (_, n) => [n % 3 === 0 ? 'FLAGS (\\Seen \\Answered)' : 'FLAGS (\\Seen)']
    case 'RFC822.SIZE':
      return (mailbox, n) => [`RFC822.SIZE ${mailbox.size(n)}`]
    case 'INTERNALDATE':
      return () => ['INTERNALDATE "05-Jan-2026 10:00:00 +0000"']
    case 'MODSEQ':
      return () => ['MODSEQ (1)']
    case 'ENVELOPE':
      return () => [`ENVELOPE ${envelope}`]
    case 'BODYSTRUCTURE':
      return () => [`BODYSTRUCTURE ${structure}`]
  }
  const body = bodyItem.exec(item)
  if (body === null) throw new Error(`the replay server has no value for ${item}`)
  const [, section = '', start, length] = body
  return (mailbox, n) => {
    let bytes = sectionBytes(mailbox, n, section)
    if (start !== undefined) bytes = cut(bytes, Number(start), Number(length))
    const size = bytes.reduce((sum, piece) => sum + piece.length, 0)
    return [`BODY[${section}]${start === undefined ? '' : `<${start}>`} {${size}}\r\n`, ...bytes]
  }
}

const itemPattern = /[^\s()[\]]+(?:\[[^\]]*\](?:<[\d.]+>)?)?/g
const compiled = new Map()

const rowItems = (text) => {
  let items = compiled.get(text)
  if (items === undefined) {
    items = text.match(itemPattern).map(rowItem)
    compiled.set(text, items)
  }
  return items
}

/** @param {string} set @param {number} last @param {(n: number) => void} visit */
const eachOf = (set, last, visit) => {
  for (const range of set.split(',')) {
    const [from, to = from] = range.split(':')
    const a = from === '*' ? last : Number(from)
    const b = to === '*' ? last : Number(to)
    for (let n = Math.min(a, b); n <= Math.max(a, b) && n <= last; n++) visit(n)
  }
}

/** Large answers of small rows are joined once and kept, so that the server's work does not count against a client. */
const joined = new Map()

/** How many answers were joined since this was last set to 0: the run that waited for one is not a measurement. */
export const making = { count: 0 }

/**
 * @param {string} name the mailbox
 * @param {boolean} byUid
 * @param {string} rest `set items`
 * @returns {(string | Buffer)[]} the untagged rows
 */
export const syntheticRows = (name, byUid, rest) => {
  const mailbox = syntheticMailboxes.get(name)
  const space = rest.indexOf(' ')
  const set = rest.slice(0, space)
  const asked = rest.slice(space + 1).replace(/^\((.*)\)$/s, '$1')
  const text = byUid && !/\bUID\b/i.test(asked) ? `UID ${asked}` : asked
  const key = `${name} ${set} ${text}`
  const known = joined.get(key)
  if (known !== undefined) return known
  const items = rowItems(text)
  const rows = []
  let count = 0
  let size = 0
  eachOf(set, mailbox.exists, (n) => {
    count++
    let prefix = `* ${n} FETCH (`
    for (const item of items) {
      for (const piece of item(mailbox, n)) {
        if (typeof piece === 'string') prefix += piece
        else {
          rows.push(Buffer.from(prefix, 'latin1'), piece)
          size += piece.length
          prefix = ''
        }
      }
      prefix += ' '
    }
    rows.push(`${prefix.slice(0, -1)})\r\n`)
  })
  if (count < 100 || size > 256 * MiB) return rows
  const whole = [Buffer.concat(rows.map((row) => (typeof row === 'string' ? Buffer.from(row, 'latin1') : row)))]
  joined.set(key, whole)
  making.count++
  return whole
}

let oddNumbers
/** A million UIDs with a gap after each, so that no range makes the answer short. */
const hits = () => {
  if (oddNumbers === undefined) {
    making.count++
    const numbers = []
    for (let n = 1; n < 2_000_000; n += 2) numbers.push(n)
    oddNumbers = { plain: Buffer.from(` ${numbers.join(' ')}`), set: Buffer.from(` ALL ${numbers.join(',')}`) }
  }
  return oddNumbers
}

/** @returns {(string | Buffer)[]} SEARCH, or ESEARCH where RETURN was asked for (RFC 9051 §7.3.4) */
export const syntheticSearch = (tag, byUid, rest) => {
  const returned = /^RETURN \(([^)]*)\)/i.exec(rest)
  if (returned === null) return ['* SEARCH', hits().plain, '\r\n']
  const options = returned[1]
    .toUpperCase()
    .split(' ')
    .filter((option) => option !== '')
  const answer = [`* ESEARCH (TAG "${tag}")${byUid ? ' UID' : ''}`]
  if (options.includes('MIN')) answer.push(' MIN 1')
  if (options.includes('MAX')) answer.push(' MAX 1999999')
  if (options.includes('COUNT')) answer.push(' COUNT 1000000')
  if (options.includes('ALL') || options.length === 0) answer.push(hits().set)
  return [...answer, '\r\n']
}
