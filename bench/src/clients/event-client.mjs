import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { collectGarbage, inBatches } from '../measure/batches.mjs'
import { Count } from '../measure/count.mjs'
import { appendMessage, chunksOf, recordedBytes, scatteredUids } from '../measure/load.mjs'
import { residentMemory } from '../measure/meter.mjs'

/**
 * The tasks of `imap` 0.8 and its fork `node-imap` 0.9, which have one API.
 * @param {{ Connection: new (options: object) => any, Parser: new (stream: Readable) => any }} module
 */
export const eventClientTasks = ({ Connection, Parser }) => {
  const called = (run) =>
    new Promise((resolve, reject) => run((error, value) => (error ? reject(error) : resolve(value))))

  const open = async (job) => {
    const client = new Connection({
      host: job.host,
      port: job.port,
      tls: job.secure,
      user: job.user,
      password: job.password,
      keepalive: false,
      autotls: 'never',
      connTimeout: 60_000,
      ...(job.secure ? { tlsOptions: { ca: readFileSync(job.ca), servername: 'localhost' } } : {}),
    })
    await new Promise((resolve, reject) => {
      client.once('ready', resolve)
      client.once('error', reject)
      client.connect()
    })
    client.on('error', () => {})
    if (job.mailbox !== undefined) client.opened = await called((done) => client.openBox(job.mailbox, true, done))
    return client
  }

  const fetchRows = (client, set, options, onMessage) =>
    new Promise((resolve, reject) => {
      const fetching = client.fetch(set, options)
      fetching.on('message', onMessage)
      fetching.once('error', reject)
      fetching.once('end', resolve)
    })

  const readAddresses = (list, count) => {
    for (const entry of list ?? []) {
      if (entry.group !== undefined) readAddresses(entry.addresses, count)
      else {
        count.addresses++
        count.read(entry.name)
        count.read(entry.mailbox)
        count.read(entry.host)
      }
    }
  }

  const readEnvelope = (envelope, count) => {
    count.read(envelope.date)
    count.read(envelope.subject)
    count.read(envelope.messageId)
    count.read(envelope.inReplyTo)
    for (const list of ['from', 'sender', 'replyTo', 'to', 'cc', 'bcc']) readAddresses(envelope[list], count)
  }

  const readStructure = ([part, ...children], count) => {
    count.read(part.type)
    count.read(part.subtype)
    count.read(part.params)
    count.read(part.encoding)
    count.read(part.id)
    count.read(part.description)
    count.read(part.size)
    count.read(part.disposition)
    count.read(part.language)
    if (part.body) readStructure(part.body, count)
    else if (children.length === 0) count.parts++
    for (const child of children) readStructure(child, count)
  }

  const readMetadata = (attributes, count) => {
    count.messages++
    count.uids += attributes.uid
    count.sizes += attributes.size
    count.read(attributes.flags)
    count.read(attributes.date)
    readEnvelope(attributes.envelope, count)
    readStructure(attributes.struct, count)
  }

  const fields = { envelope: true, struct: true, size: true }

  const bodies = async (job, meter) => {
    const client = await open(job)
    const count = new Count()
    meter.start()
    await fetchRows(client, `1:${job.count}`, { bodies: '' }, (message) => {
      count.messages++
      message.on('body', (stream) => {
        if (job.mode === 'stream') {
          stream.on('data', (chunk) => {
            count.bytes += chunk.length
          })
          return
        }
        const chunks = []
        stream.on('data', (chunk) => chunks.push(chunk))
        stream.once('end', () => {
          count.bytes += Buffer.concat(chunks).length
        })
      })
    })
    meter.stop()
    client.destroy()
    return { messages: count.messages, bytes: count.bytes }
  }

  return {
    async metadata(job, meter) {
      const client = await open(job)
      const count = new Count()
      meter.start()
      await fetchRows(client, '1:*', fields, (message) => message.once('attributes', (all) => readMetadata(all, count)))
      meter.stop()
      client.destroy()
      return count.metadata()
    },

    async metadataLight(job, meter) {
      const client = await open(job)
      const count = new Count()
      const kept = []
      meter.start()
      await fetchRows(client, '1:*', fields, (message) =>
        message.once('attributes', (attributes) => {
          count.uids += attributes.uid
          count.sizes += attributes.size
          count.read(attributes.flags)
          kept.push(attributes)
        }),
      )
      meter.stop()
      collectGarbage()
      meter.extra.heap = process.memoryUsage().heapUsed
      client.destroy()
      return { messages: kept.length, uids: count.uids, sizes: count.sizes }
    },

    bodies,
    literal: bodies,

    async flagsEach(job, meter) {
      const client = await open(job)
      const count = new Count()
      const one = (uid) =>
        fetchRows(client, uid, {}, (message) =>
          message.once('attributes', (attributes) => {
            count.messages++
            count.uids += attributes.uid
          }),
        )
      meter.start()
      if (job.mode === 'sequential') for (let n = 1; n <= job.count; n++) await one(n)
      else await Promise.all(Array.from({ length: job.count }, (_, index) => one(index + 1)))
      meter.stop()
      client.destroy()
      return { messages: count.messages, uids: count.uids }
    },

    async append(job, meter) {
      const client = await open(job)
      await called((done) => client.addBox(job.target, done))
      const message = appendMessage(job.size)
      const one = () => called((done) => client.append(message, { mailbox: job.target }, done))
      meter.start()
      if (job.mode === 'one') for (let n = 0; n < job.count; n++) await one()
      else await Promise.all(Array.from({ length: job.count }, one))
      meter.stop()
      client.destroy()
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
      return { messages: opened.filter((client) => client.opened.messages.total > 0).length - job.warmUp }
    },

    async firstRow(job, meter) {
      let uid = 0
      meter.start()
      const client = await open(job)
      await fetchRows(client, 1, {}, (message) =>
        message.once('attributes', (attributes) => {
          uid = attributes.uid
        }),
      )
      meter.stop()
      client.destroy()
      return { uids: uid }
    },

    async statusMany(job, meter) {
      const client = await open(job)
      meter.start()
      const names = Array.from({ length: job.count }, (_, index) => `Box${index + 1}`)
      const all = await Promise.all(names.map((name) => called((done) => client.status(name, done))))
      meter.stop()
      client.destroy()
      return { messages: all.reduce((sum, box) => sum + box.messages.total, 0) }
    },

    /** It does not decode: its user does, with what Node has. Lines of 76 are cut to whole groups of four. */
    async part(job, meter) {
      const client = await open(job)
      let bytes = 0
      let carry = ''
      meter.start()
      await fetchRows(client, 1, { bodies: '2' }, (message) => {
        message.on('body', (stream) => {
          stream.on('data', (chunk) => {
            const text = carry + chunk.latin1Slice().replaceAll('\r\n', '').replaceAll('\r', '').replaceAll('\n', '')
            const whole = text.length - (text.length % 4)
            carry = text.slice(whole)
            bytes += Buffer.from(text.slice(0, whole), 'base64').length
          })
        })
      })
      meter.stop()
      client.destroy()
      return { bytes }
    },

    async search(job, meter) {
      const client = await open(job)
      meter.start()
      const uids = await called((done) => client.search(['ALL'], done))
      let sum = 0
      for (const uid of uids) sum += uid
      meter.stop()
      client.destroy()
      return { messages: uids.length, uids: sum }
    },

    async scattered(job, meter) {
      const client = await open(job)
      const count = new Count()
      const uids = scatteredUids(job.count)
      meter.start()
      await fetchRows(client, uids, {}, (message) =>
        message.once('attributes', (attributes) => {
          count.messages++
          count.uids += attributes.uid
        }),
      )
      meter.stop()
      client.destroy()
      return { messages: count.messages, uids: count.uids }
    },

    async parser(job, meter) {
      const count = new Count()
      const chunks = chunksOf(recordedBytes(job), job.chunk)
      // A chunk a turn, as a socket gives them: fed without a pause this parser overflows the stack.
      const stream = new Readable({
        highWaterMark: 65536,
        read() {
          setImmediate(() => {
            const { value, done } = chunks.next()
            stream.push(done ? null : value)
          })
        },
      })
      const parse = new Parser(stream)
      meter.start()
      parse.on('untagged', ({ text }) => {
        count.messages++
        count.uids += text.uid
        count.sizes += Number(text['rfc822.size'])
      })
      await new Promise((resolve) => stream.once('end', resolve))
      meter.stop()
      return { messages: count.messages, uids: count.uids, sizes: count.sizes }
    },
  }
}
