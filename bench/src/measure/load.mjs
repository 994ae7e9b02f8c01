import { readFileSync } from 'node:fs'

/** How many messages one MULTIAPPEND carries: some servers hold all of them until the command ends. */
export const multiAppendLimit = 1000

const head = 'From: a@example.org\r\nTo: b@example.org\r\nSubject: appended\r\nMIME-Version: 1.0\r\n\r\n'
const line = `${'The quick brown fox jumps over the lazy dog, again and again. '.repeat(2).slice(0, 76)}\r\n`

/** @param {number} size @returns {Buffer} a message of exactly so many bytes */
export const appendMessage = (size) =>
  Buffer.from((head + line.repeat(Math.ceil(size / line.length))).slice(0, size - 2) + '\r\n')

/** @param {number} size @returns {AsyncGenerator<Buffer>} so many bytes in chunks of 64 KiB of one buffer */
export async function* streamOf(size) {
  const chunk = Buffer.alloc(65536, line)
  for (let left = size; left > 0; left -= chunk.length) yield left < chunk.length ? chunk.subarray(0, left) : chunk
}

/** @param {Buffer} bytes @param {number} size chunks as a socket would give them, of a size the benchmark chooses */
export function* chunksOf(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** The recorded FETCH responses of W1, up to `limit` bytes, whole responses only. */
export const recordedBytes = ({ recording, limit }) => {
  const stored = readFileSync(recording)
  const bytes = stored.subarray(stored.indexOf(10) + 1)
  if (limit === undefined || bytes.length <= limit) return bytes
  return bytes.subarray(0, bytes.lastIndexOf(')\r\n* ', limit) + 3)
}

/** @param {number} count @returns {number[]} UIDs no two of which make a range */
export const scatteredUids = (count) => Array.from({ length: count }, (_, index) => 2 * index + 1)
