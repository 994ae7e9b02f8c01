import { body } from './parts.mjs'
import { Prng } from './prng.mjs'
import { address, subject } from './words.mjs'

/**
 * What every client must count in a corpus.
 * @typedef {{ messages: number, uids: number, sizes: number, addresses: number, parts: number }} Sums
 * @typedef {{ bytes: Buffer, wireSize: number, flags: string, time: number, addresses: number, parts: number }} Message
 */

const start = Date.UTC(2024, 0, 1) / 1000
/** The part of a Message-ID that makes it one of a kind. */
const unique = (random) => `${random.below(0x40000000).toString(16)}.${random.below(0x40000000).toString(16)}`

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A Date field in UTC with one of the zones people write. */
const dateField = (random, time) => {
  const date = new Date(time * 1000)
  const pad = (n) => String(n).padStart(2, '0')
  const clock = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`
  const zone = random.pick(['+0000', '+0100', '-0800', '+0530', 'GMT', '+0200 (CEST)'])
  return `${days[date.getUTCDay()]}, ${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()} ${clock} ${zone}`
}

const addressList = (random, count) => {
  const list = []
  for (let i = 0; i < count; i++) list.push(address(random))
  return list.join(',\n ')
}

/** Maildir's flag letters (maildir(5)): D draft, F flagged, R replied, S seen, T trashed; a and b are keywords. */
const flagSets = ['', 'S', 'S', 'S', 'RS', 'FS', 'S', 'Sa', 'FRSb', 'DS', 'ST']

/**
 * Message `index` of the corpus `seed`, which does not depend on any other message.
 * @param {number} seed @param {number} index @returns {Message}
 */
export const message = (seed, index) => {
  const random = new Prng(seed * 1000003 + index)
  const time = start + index * 600 + random.below(600)
  const to = random.pick([1, 1, 1, 1, 2, 2, 3])
  const cc = random.oneIn(6) ? 1 + random.below(2) : 0
  const fields = [
    `From: ${address(random)}`,
    `To: ${addressList(random, to)}`,
    ...(cc > 0 ? [`Cc: ${addressList(random, cc)}`] : []),
    ...(random.oneIn(8) ? [`Reply-To: ${address(random)}`] : []),
    ...(random.oneIn(30) ? [`Sender: ${address(random)}`] : []),
    `Subject: ${subject(random)}`,
    `Date: ${dateField(random, time)}`,
    `Message-ID: <${index}.${unique(random)}@example.org>`,
    ...(random.oneIn(2) ? [`In-Reply-To: <${Math.max(0, index - 7)}.${unique(random)}@example.org>`] : []),
    'MIME-Version: 1.0',
  ]
  const { text, leaves } = body(random)
  const bytes = Buffer.from(`${fields.join('\n')}\n${text}`, 'latin1')
  let lineEnds = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lineEnds++
  return {
    bytes,
    wireSize: bytes.length + lineEnds,
    flags: random.pick(flagSets),
    time,
    // Dovecot fills Sender and Reply-To from From, as RFC 3501 §7.4.2 asks.
    addresses: 3 + to + cc,
    parts: leaves,
  }
}
