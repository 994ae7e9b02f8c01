import { readFileSync } from 'node:fs'
import { ImapClient } from 'imaplib'
import { collectGarbage, inBatches } from '../measure/batches.mjs'
import { Count } from '../measure/count.mjs'
import { appendMessage, scatteredUids, streamOf } from '../measure/load.mjs'
import { residentMemory } from '../measure/meter.mjs'
import { parser } from './ours-parser.mjs'

const connect = (job) =>
  ImapClient.connect({
    host: job.host,
    port: job.port,
    security: job.secure ? 'tls' : 'insecure-plaintext',
    ...(job.secure ? { tls: { ca: readFileSync(job.ca) } } : {}),
    auth: { user: job.user, password: job.password },
  })

const open = async (job) => {
  const client = await connect(job)
  const mailbox = await client.open(job.mailbox, { readOnly: true })
  return { client, mailbox }
}

const fields = { uid: true, flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true }
const lists = ['from', 'sender', 'replyTo', 'to', 'cc', 'bcc']

const readEnvelope = (envelope, count) => {
  count.read(envelope.date)
  count.read(envelope.subject)
  count.read(envelope.messageId)
  count.read(envelope.inReplyTo)
  for (const list of lists) {
    for (const address of envelope[list]) {
      count.addresses++
      count.read(address.name)
      count.read(address.mailbox)
      count.read(address.host)
    }
  }
}

const readStructure = (part, count) => {
  count.read(part.type)
  count.read(part.subtype)
  count.read(part.parameters)
  count.read(part.encoding)
  count.read(part.id)
  count.read(part.description)
  count.read(part.size)
  count.read(part.disposition)
  count.read(part.dispositionParameters)
  count.read(part.languages)
  if (part.body !== null) readStructure(part.body, count)
  else if (part.parts.length === 0) count.parts++
  else for (const child of part.parts) readStructure(child, count)
}

const buffers = async (job, meter) => {
  const { client, mailbox } = await open(job)
  const count = new Count()
  meter.start()
  for await (const { source } of mailbox.fetch(`1:${job.count}`, { source: true })) {
    count.messages++
    count.bytes += source.length
  }
  meter.stop()
  await client.close()
  return { messages: count.messages, bytes: count.bytes }
}

const streams = async (job, meter) => {
  const { client, mailbox } = await open(job)
  const count = new Count()
  meter.start()
  for (let uid = 1; uid <= job.count; uid++) {
    for await (const chunk of mailbox.source(uid)) count.bytes += chunk.length
    count.messages++
  }
  meter.stop()
  await client.close()
  return { messages: count.messages, bytes: count.bytes }
}

export const tasks = {
  parser,

  async metadata(job, meter) {
    const { client, mailbox } = await open(job)
    const count = new Count()
    meter.start()
    for await (const message of mailbox.fetch('1:*', fields)) {
      count.messages++
      count.uids += message.uid
      count.sizes += message.size
      for (const flag of message.flags) count.read(flag)
      count.read(message.internalDate)
      readEnvelope(message.envelope, count)
      readStructure(message.bodyStructure, count)
    }
    meter.stop()
    await client.close()
    return count.metadata()
  },

  async metadataLight(job, meter) {
    const { client, mailbox } = await open(job)
    const count = new Count()
    const kept = []
    meter.start()
    for await (const message of mailbox.fetch('1:*', fields)) {
      count.uids += message.uid
      count.sizes += message.size
      for (const flag of message.flags) count.read(flag)
      kept.push(message)
    }
    meter.stop()
    collectGarbage()
    meter.extra.heap = process.memoryUsage().heapUsed
    await client.close()
    return { messages: kept.length, uids: count.uids, sizes: count.sizes }
  },

  bodies: (job, meter) => (job.mode === 'stream' ? streams(job, meter) : buffers(job, meter)),
  literal: streams,

  async flagsEach(job, meter) {
    const { client, mailbox } = await open(job)
    const count = new Count()
    const one = async (uid) => {
      const message = await mailbox.fetchOne(uid, { flags: true })
      count.messages++
      count.uids += message.uid
    }
    meter.start()
    if (job.mode === 'sequential') for (let n = 1; n <= job.count; n++) await one(n)
    else await Promise.all(Array.from({ length: job.count }, (_, index) => one(index + 1)))
    meter.stop()
    await client.close()
    return { messages: count.messages, uids: count.uids }
  },

  async append(job, meter) {
    const client = await connect(job)
    await client.create(job.target)
    const message = appendMessage(job.size)
    meter.start()
    if (job.mode === 'multi') {
      await client.appendAll(
        job.target,
        Array.from({ length: job.count }, () => ({ message })),
      )
    } else if (job.mode === 'one') {
      for (let n = 0; n < job.count; n++) await client.append(job.target, message)
    } else await Promise.all(Array.from({ length: job.count }, () => client.append(job.target, message)))
    meter.stop()
    await client.close()
    return {}
  },

  async appendStream(job, meter) {
    const client = await connect(job)
    meter.start()
    await client.append(job.target, { stream: streamOf(job.size), size: job.size })
    meter.stop()
    await client.close()
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
    return { messages: opened.filter(({ mailbox }) => mailbox.exists > 0).length - job.warmUp }
  },

  async firstRow(job, meter) {
    meter.start()
    const { client, mailbox } = await open(job)
    const message = await mailbox.fetchOne(1, { flags: true })
    meter.stop()
    await client.close()
    return { uids: message.uid }
  },

  async statusMany(job, meter) {
    const client = await connect(job)
    meter.start()
    const names = Array.from({ length: job.count }, (_, index) => `Box${index + 1}`)
    const all = await Promise.all(names.map((name) => client.status(name, ['messages', 'uidNext'])))
    meter.stop()
    await client.close()
    return { messages: all.reduce((sum, { messages }) => sum + messages, 0) }
  },

  async part(job, meter) {
    const { client, mailbox } = await open(job)
    const count = new Count()
    meter.start()
    for await (const chunk of mailbox.download(1, '2')) count.bytes += chunk.length
    meter.stop()
    await client.close()
    return { bytes: count.bytes }
  },

  async search(job, meter) {
    const { client, mailbox } = await open(job)
    meter.start()
    const uids = await mailbox.search({ all: true })
    let messages = 0
    let sum = 0
    for (const uid of uids) {
      messages++
      sum += uid
    }
    meter.stop()
    await client.close()
    return { messages, uids: sum }
  },

  async scattered(job, meter) {
    const { client, mailbox } = await open(job)
    const count = new Count()
    const uids = scatteredUids(job.count)
    meter.start()
    for await (const message of mailbox.fetch(uids, { uid: true, flags: true })) {
      count.messages++
      count.uids += message.uid
    }
    meter.stop()
    await client.close()
    return { messages: count.messages, uids: count.uids }
  },
}
