import { createHash } from 'node:crypto'
import { chownSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { message } from './message.mjs'

const keywords = ['$Forwarded', 'Work']

/**
 * Writes messages 0..count-1 into a Maildir. Names sort by time, so that UID n is message n-1.
 * @param {string} folder
 * @param {{ seed: number, count: number, owner?: { uid: number, gid: number } }} options
 */
export const writeMaildir = (folder, { seed, count, owner }) => {
  const own = (path) => owner !== undefined && chownSync(path, owner.uid, owner.gid)
  for (const path of [folder, join(folder, 'cur'), join(folder, 'new'), join(folder, 'tmp')]) {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    own(path)
  }
  const keywordFile = join(folder, 'dovecot-keywords')
  writeFileSync(keywordFile, keywords.map((keyword, index) => `${index} ${keyword}\n`).join(''))
  own(keywordFile)
  for (let index = 0; index < count; index++) {
    const { bytes, wireSize, flags, time } = message(seed, index)
    const order = String(index).padStart(6, '0')
    const path = join(folder, 'cur', `${time}.M${order}P1.bench,S=${bytes.length},W=${wireSize}:2,${flags}`)
    writeFileSync(path, bytes)
    utimesSync(path, time, time)
    own(path)
  }
}

/** @param {{ seed: number, count: number }} options @returns {import('./message.mjs').Sums} */
export const expectedSums = ({ seed, count }) => {
  const sums = { messages: count, uids: (count * (count + 1)) / 2, sizes: 0, addresses: 0, parts: 0 }
  for (let index = 0; index < count; index++) {
    const { wireSize, addresses, parts } = message(seed, index)
    sums.sizes += wireSize
    sums.addresses += addresses
    sums.parts += parts
  }
  return sums
}

/** Names what a corpus holds, so that recordings of an older one are not taken for it. */
export const corpusName = ({ seed, count }) => {
  const hash = createHash('sha256')
  for (let index = 0; index < Math.min(count, 1000); index++) hash.update(message(seed, index).bytes)
  return `corpus-${seed}-${count}-${hash.digest('hex').slice(0, 12)}`
}
