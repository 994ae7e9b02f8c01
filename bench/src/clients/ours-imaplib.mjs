import { readFileSync } from 'node:fs'
import { IMAP4, IMAP4_SSL } from 'imaplib'
import { collectGarbage, inBatches } from '../measure/batches.mjs'
import { appendMessage } from '../measure/load.mjs'
import { residentMemory } from '../measure/meter.mjs'

const metadataItems = '(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)'

/** Room for the literal of 512 MiB and the line of a million hits, which it keeps whole as Python does. */
const limits = { maxLineLength: 2 ** 26, maxLiteralSize: 2 ** 30 }

const expectOk = ([type, data]) => {
  if (type !== 'OK') throw new Error(`the server said ${type} ${data}`)
  return data
}

const open = async (job) => {
  const client = job.secure
    ? await IMAP4_SSL.connect(job.host, job.port, { ...limits, ca: readFileSync(job.ca) })
    : await IMAP4.connect(job.host, job.port, limits)
  await client.login(job.user, job.password)
  if (job.mailbox !== undefined) expectOk(await client.select(job.mailbox, true))
  return client
}

const sizeOf = (data) =>
  data.reduce((sum, item) => sum + (Array.isArray(item) ? item[0].length + item[1].length : item.length), 0)

const sumOf = (text, pattern) => {
  let sum = 0
  for (const [, digits] of text.matchAll(pattern)) sum += Number(digits)
  return sum
}

const bodies = async (job, meter) => {
  const client = await open(job)
  const step = job.atOnce ?? job.count
  let messages = 0
  let bytes = 0
  meter.start()
  for (let first = 1; first <= job.count; first += step) {
    const data = expectOk(await client.uid('FETCH', `${first}:${first + step - 1}`, '(UID BODY.PEEK[])'))
    for (const item of data) {
      if (!Array.isArray(item)) continue
      messages++
      bytes += item[1].length
    }
  }
  meter.stop()
  await client.logout()
  return { messages, bytes }
}

const uidOf = (item) => Number(/UID (\d+)/.exec(item.latin1Slice())[1])

export const tasks = {
  async metadataRaw(job, meter) {
    const client = await open(job)
    meter.start()
    const data = expectOk(await client.fetch('1:*', metadataItems))
    const bytes = sizeOf(data)
    meter.stop()
    await client.logout()
    const text = data.map((item) => (Array.isArray(item) ? item[0] : item).latin1Slice()).join('')
    return {
      messages: text.match(/\(UID \d+ FLAGS/g).length,
      uids: sumOf(text, /\(UID (\d+) FLAGS/g),
      sizes: sumOf(text, / RFC822\.SIZE (\d+)/g),
      bytes,
    }
  },

  bodies,
  literal: bodies,

  async flagsEach(job, meter) {
    const client = await open(job)
    let messages = 0
    let uids = 0
    meter.start()
    for (let n = 1; n <= job.count; n++) {
      const data = expectOk(await client.uid('FETCH', String(n), '(FLAGS)'))
      messages += data.length
      uids += uidOf(data[0])
    }
    meter.stop()
    await client.logout()
    return { messages, uids }
  },

  async append(job, meter) {
    const client = await open(job)
    await client.create(job.target)
    const message = appendMessage(job.size)
    meter.start()
    for (let n = 0; n < job.count; n++) expectOk(await client.append(job.target, null, null, message))
    meter.stop()
    await client.logout()
    return {}
  },

  async appendStream(job, meter) {
    const client = await open(job)
    const message = Buffer.alloc(job.size, `${'x'.repeat(76)}\r\n`)
    message.write('\r\n', job.size - 2)
    meter.start()
    expectOk(await client.append(job.target, null, null, message))
    meter.stop()
    await client.logout()
    return {}
  },

  async idle(job, meter) {
    const opened = []
    await inBatches(job.warmUp, async () => opened.push(await open(job)))
    collectGarbage()
    const before = residentMemory()
    meter.start()
    await inBatches(job.count, async () => opened.push(await open(job)))
    meter.stop()
    collectGarbage()
    meter.extra.each = (residentMemory() - before) / job.count
    return { messages: opened.filter((client) => client.state === 'SELECTED').length - job.warmUp }
  },

  async firstRow(job, meter) {
    meter.start()
    const client = await open(job)
    const data = expectOk(await client.uid('FETCH', '1', '(UID FLAGS)'))
    meter.stop()
    await client.logout()
    return { uids: uidOf(data[0]) }
  },

  async statusMany(job, meter) {
    const client = await open(job)
    let messages = 0
    meter.start()
    for (let n = 1; n <= job.count; n++) {
      const [line] = expectOk(await client.status(`Box${n}`, '(MESSAGES UIDNEXT)'))
      messages += Number(/MESSAGES (\d+)/.exec(line.latin1Slice())[1])
    }
    meter.stop()
    await client.logout()
    return { messages }
  },

  async part(job, meter) {
    const client = await open(job)
    meter.start()
    const [[, literal]] = expectOk(await client.uid('FETCH', '1', '(UID BODY.PEEK[2])'))
    const bytes = Buffer.from(literal.latin1Slice(), 'base64').length
    meter.stop()
    await client.logout()
    return { bytes }
  },

  async search(job, meter) {
    const client = await open(job)
    meter.start()
    const [line] = expectOk(await client.uid('SEARCH', 'ALL'))
    const uids = line.latin1Slice().split(' ')
    let sum = 0
    for (const uid of uids) sum += Number(uid)
    meter.stop()
    await client.logout()
    return { messages: uids.length, uids: sum }
  },
}
