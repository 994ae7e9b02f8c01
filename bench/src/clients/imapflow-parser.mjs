import parse from 'imapflow/lib/handler/imap-parser.js'
import { ImapStream } from 'imapflow/lib/handler/imap-stream.js'
import { formatMessageResponse } from 'imapflow/lib/tools.js'
import { Count } from '../measure/count.mjs'
import { chunksOf, recordedBytes } from '../measure/load.mjs'

/** The parts of imapflow that turn bytes into messages, put together as its client does. */
export const parser = async (job, meter) => {
  const count = new Count()
  const stream = new ImapStream({ logger: false })
  const chunks = chunksOf(recordedBytes(job), job.chunk)
  const mailbox = { path: 'INBOX', uidValidity: 1n }
  const client = { capabilities: new Map(), enabled: new Set(), log: { warn() {} } }
  meter.start()
  const read = (async () => {
    for await (const { payload, literals, next } of stream) {
      const response = await parse(payload, { literals })
      const message = await formatMessageResponse(response, mailbox, 'md5', client)
      count.messages++
      count.uids += message.uid
      count.sizes += message.size
      next()
    }
  })()
  for (const chunk of chunks) if (!stream.write(chunk)) await new Promise((resolve) => stream.once('drain', resolve))
  stream.end()
  await read
  meter.stop()
  return { messages: count.messages, uids: count.uids, sizes: count.sizes }
}
