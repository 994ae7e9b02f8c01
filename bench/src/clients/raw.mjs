import { collectGarbage, inBatches } from '../measure/batches.mjs'
import { appendMessage, chunksOf, multiAppendLimit, recordedBytes, scatteredUids, streamOf } from '../measure/load.mjs'
import { residentMemory } from '../measure/meter.mjs'
import { openRaw } from './raw-connection.mjs'

const metadataItems = '(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)'

/** Sends one command and drops the answer. */
const discard = (commandOf) => async (job, meter) => {
  const raw = await openRaw(job)
  const before = raw.bytes
  meter.start()
  await raw.command(commandOf(job))
  meter.stop()
  raw.close()
  meter.extra.received = raw.bytes - before
  return {}
}

export const tasks = {
  metadata: discard(() => `UID FETCH 1:* ${metadataItems}`),
  metadataLight: discard(() => `UID FETCH 1:* ${metadataItems}`),
  metadataRaw: discard(() => `FETCH 1:* ${metadataItems}`),
  bodies: discard(({ count }) => `UID FETCH 1:${count} (UID BODY.PEEK[])`),
  literal: discard(() => 'UID FETCH 1 (UID BODY.PEEK[])'),
  part: discard(() => 'UID FETCH 1 (UID BODY.PEEK[2])'),
  search: discard(() => 'UID SEARCH ALL'),
  scattered: discard(({ count }) => `UID FETCH ${scatteredUids(count).join(',')} (UID FLAGS)`),

  async flagsEach(job, meter) {
    const raw = await openRaw(job)
    meter.start()
    if (job.mode === 'sequential')
      for (let n = 1; n <= job.count; n++) await raw.command(`UID FETCH ${n} (FLAGS)`, `a${n}`)
    else {
      const last = raw.until(`a${job.count} OK`)
      let text = ''
      for (let n = 1; n <= job.count; n++) text += `a${n} UID FETCH ${n} (FLAGS)\r\n`
      raw.write(text)
      await last
    }
    meter.stop()
    raw.close()
    return {}
  },

  async append(job, meter) {
    const raw = await openRaw(job)
    await raw.command(`CREATE ${job.target}`)
    const message = appendMessage(job.size)
    meter.start()
    if (job.mode === 'multi') {
      for (let sent = 0; sent < job.count; sent += multiAppendLimit) {
        const done = raw.until('m OK')
        raw.write(`m APPEND ${job.target}`)
        for (let n = sent; n < Math.min(job.count, sent + multiAppendLimit); n++) {
          raw.write(` {${message.length}+}\r\n`)
          if (!raw.write(message)) await raw.drained()
        }
        raw.write('\r\n')
        await done
      }
    } else if (job.mode === 'all') {
      const done = raw.until(`a${job.count} OK`)
      for (let n = 1; n <= job.count; n++) {
        raw.write(`a${n} APPEND ${job.target} {${message.length}+}\r\n`)
        raw.write(message)
        if (!raw.write('\r\n')) await raw.drained()
      }
      await done
    } else {
      for (let n = 1; n <= job.count; n++) {
        const done = raw.until(`a${n} OK`)
        raw.write(`a${n} APPEND ${job.target} {${message.length}+}\r\n`)
        raw.write(message)
        raw.write('\r\n')
        await done
      }
    }
    meter.stop()
    raw.close()
    return {}
  },

  async appendStream(job, meter) {
    const raw = await openRaw(job)
    meter.start()
    const done = raw.until('a OK')
    raw.write(`a APPEND ${job.target} {${job.size}+}\r\n`)
    for await (const chunk of streamOf(job.size)) if (!raw.write(chunk)) await raw.drained()
    raw.write('\r\n')
    await done
    meter.stop()
    raw.close()
    return {}
  },

  async idle(job, meter) {
    const open = []
    await inBatches(job.warmUp, async () => open.push(await openRaw(job)))
    collectGarbage()
    const before = residentMemory()
    meter.start()
    await inBatches(job.count, async () => open.push(await openRaw(job)))
    meter.stop()
    collectGarbage()
    meter.extra.each = (residentMemory() - before) / job.count
    return {}
  },

  async firstRow(job, meter) {
    meter.start()
    const raw = await openRaw(job)
    await raw.command('UID FETCH 1 (UID FLAGS)')
    meter.stop()
    raw.close()
    return {}
  },

  async statusMany(job, meter) {
    const raw = await openRaw(job)
    meter.start()
    const done = raw.until(`a${job.count} OK`)
    let text = ''
    for (let n = 1; n <= job.count; n++) text += `a${n} STATUS Box${n} (MESSAGES UIDNEXT)\r\n`
    raw.write(text)
    await done
    meter.stop()
    raw.close()
    return {}
  },

  /** Finds the line ends and nothing else: what any parser has to do at least. */
  async parser(job, meter) {
    let lines = 0
    const chunks = chunksOf(recordedBytes(job), job.chunk)
    meter.start()
    for (const chunk of chunks) {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
    }
    meter.stop()
    meter.extra.lines = lines
    return {}
  },
}
