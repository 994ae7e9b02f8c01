import { Count } from '../measure/count.mjs'
import { chunksOf, recordedBytes } from '../measure/load.mjs'

// Not a part of the public surface, so they are taken from the build itself.
const build = new URL('../../../packages/imaplib/dist/', import.meta.url)
const { Framer } = await import(new URL('wire/framer.js', build).href)
const { ParseContext, parseUntagged } = await import(new URL('responses/index.js', build).href)

/** Framer and response parser, with ENVELOPE and BODYSTRUCTURE parsed at once, as the other parsers do. */
export const parser = async (job, meter) => {
  const count = new Count()
  const chunks = chunksOf(recordedBytes(job), job.chunk)
  const context = new ParseContext({ lazy: false })
  const framer = new Framer({
    frame(frame) {
      const message = parseUntagged(frame, context)
      count.messages++
      count.uids += message.uid
      count.sizes += message.size
    },
  })
  meter.start()
  for (const chunk of chunks) framer.push(chunk)
  meter.stop()
  return { messages: count.messages, uids: count.uids, sizes: count.sizes }
}
