import { readFileSync } from 'node:fs'
import { ImapFlow } from 'imapflow'
import { collectGarbage, inBatches } from '../measure/batches.mjs'
import { Count } from '../measure/count.mjs'
import { appendMessage, scatteredUids } from '../measure/load.mjs'
import { residentMemory } from '../measure/meter.mjs'
import { parser } from './imapflow-parser.mjs'

const open = async (job) => {
  const client = new ImapFlow({
    host: job.host,
    port: job.port,
    secure: job.secure,
    auth: { user: job.user, pass: job.password },
    logger: false,
    disableAutoIdle: true,
    ...(job.secure ? { tls: { ca: readFileSync(job.ca), servername: 'localhost' } } : { doSTARTTLS: false }),
  })
  client.on('error', () => {})
  await client.connect()
  if (job.mailbox !== undefined) await client.mailboxOpen(job.mailbox, { readOnly: true })
  return client
}

const fields = { uid: true, flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true }
const lists = ['from', 'sender', 'replyTo', 'to', 'cc', 'bcc']

const readEnvelope = (envelope, count) => {
  count.read(envelope.date)
  count.read(envelope.subject)
  count.read(envelope.messageId)
  count.read(envelope.inReplyTo)
  for (const list of lists) {
    for (const { name, address } of envelope[list] ?? []) {
      count.addresses++
      count.read(name)
      count.read(address)
    }
  }
}

const readStructure = (part, count) => {
  count.read(part.type)
  count.read(part.parameters)
  count.read(part.encoding)
  count.read(part.id)
  count.read(part.description)
  count.read(part.size)
  count.read(part.disposition)
  count.read(part.dispositionParameters)
  count.read(part.language)
  if (part.childNodes === undefined || part.childNodes.length === 0) count.parts++
  else for (const child of part.childNodes) readStructure(child, count)
}

const body = async (job, meter) => {
  const client = await open(job)
  const count = new Count()
  meter.start()
  for await (const { source } of client.fetch(`1:${job.count}`, { uid: true, source: true }, { uid: true })) {
    count.messages++
    count.bytes += source.length
  }
  meter.stop()
  client.close()
  return { messages: count.messages, bytes: count.bytes }
}

export const tasks = {
  parser,

  async metadata(job, meter) {
    const client = await open(job)
    const count = new Count()
    meter.start()
    for await (const message of client.fetch('1:*', fields, { uid: true })) {
      count.messages++
      count.uids += message.uid
      count.sizes += message.size
      count.read(message.flags)
      count.read(message.internalDate)
      readEnvelope(message.envelope, count)
      readStructure(message.bodyStructure, count)
    }
    meter.stop()
    client.close()
    return count.metadata()
  },

  async metadataLight(job, meter) {
    const client = await open(job)
    const count = new Count()
    const kept = []
    meter.start()
    for await (const message of client.fetch('1:*', fields, { uid: true })) {
      count.messages++
      count.uids += message.uid
      count.sizes += message.size
      count.read(message.flags)
      kept.push(message)
    }
    meter.stop()
    collectGarbage()
    meter.extra.heap = process.memoryUsage().heapUsed
    client.close()
    return { messages: kept.length, uids: count.uids, sizes: count.sizes }
  },

  bodies: (job, meter) => (job.mode === 'stream' ? download(job, meter) : body(job, meter)),
  literal: (job, meter) => body(job, meter),

  async flagsEach(job, meter) {
    const client = await open(job)
    const count = new Count()
    const one = async (uid) => {
      const message = await client.fetchOne(String(uid), { flags: true }, { uid: true })
      count.messages++
      count.uids += message.uid
    }
    meter.start()
    if (job.mode === 'sequential') for (let n = 1; n <= job.count; n++) await one(n)
    else await Promise.all(Array.from({ length: job.count }, (_, index) => one(index + 1)))
    meter.stop()
    client.close()
    return { messages: count.messages, uids: count.uids }
  },

  async append(job, meter) {
    const client = await open(job)
    await client.mailboxCreate(job.target)
    const message = appendMessage(job.size)
    meter.start()
    if (job.mode === 'one') for (let n = 0; n < job.count; n++) await client.append(job.target, message)
    else await Promise.all(Array.from({ length: job.count }, () => client.append(job.target, message)))
    meter.stop()
    client.close()
    return {}
  },

  /** It takes no stream: the message is one Buffer. */
  async appendStream(job, meter) {
    const client = await open(job)
    meter.start()
    await client.append(job.target, Buffer.alloc(job.size, 'x'.repeat(76) + '\r\n'))
    meter.stop()
    client.close()
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
    return { messages: opened.filter((client) => client.mailbox.exists > 0).length - job.warmUp }
  },

  async firstRow(job, meter) {
    meter.start()
    const client = await open(job)
    const message = await client.fetchOne('1', { uid: true, flags: true }, { uid: true })
    meter.stop()
    client.close()
    return { uids: message.uid }
  },

  async statusMany(job, meter) {
    const client = await open(job)
    meter.start()
    const names = Array.from({ length: job.count }, (_, index) => `Box${index + 1}`)
    const all = await Promise.all(names.map((name) => client.status(name, { messages: true, uidNext: true })))
    meter.stop()
    client.close()
    return { messages: all.reduce((sum, { messages }) => sum + messages, 0) }
  },

  async part(job, meter) {
    const client = await open(job)
    const count = new Count()
    meter.start()
    const { content } = await client.download('1', '2', { uid: true })
    for await (const chunk of content) count.bytes += chunk.length
    meter.stop()
    client.close()
    return { bytes: count.bytes }
  },

  async search(job, meter) {
    const client = await open(job)
    meter.start()
    const uids = await client.search({ all: true }, { uid: true })
    let sum = 0
    for (const uid of uids) sum += uid
    meter.stop()
    client.close()
    return { messages: uids.length, uids: sum }
  },

  async scattered(job, meter) {
    const client = await open(job)
    const count = new Count()
    const uids = scatteredUids(job.count)
    meter.start()
    for await (const message of client.fetch(uids, { uid: true, flags: true }, { uid: true })) {
      count.messages++
      count.uids += message.uid
    }
    meter.stop()
    client.close()
    return { messages: count.messages, uids: count.uids }
  },
}

/** Its way to stream a message: partial FETCHes of 64 KiB. */
const download = async (job, meter) => {
  const client = await open(job)
  const count = new Count()
  meter.start()
  for (let uid = 1; uid <= job.count; uid++) {
    const { content } = await client.download(String(uid), undefined, { uid: true })
    for await (const chunk of content) count.bytes += chunk.length
    count.messages++
  }
  meter.stop()
  client.close()
  return { messages: count.messages, bytes: count.bytes }
}
