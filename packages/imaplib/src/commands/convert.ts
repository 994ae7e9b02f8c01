import { invalid } from '../errors/imap-error.ts'
import type { ConversionResponse } from '../responses/conversion.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { CommandWriter } from '../wire/writer.ts'
import { command } from './command.ts'
import type { CallOptions } from './run.ts'
import type { MailboxRunner, Runner } from './runner.ts'
import type { MessageNumbers } from './search-keys/messages.ts'
import { piecesOf } from './uid-pieces.ts'
import { binarySpec } from './fetch-items/sections.ts'

/** What parts are to become (RFC 5259 §6). */
export interface ConversionTarget {
  /** The media type; null leaves the choice to the server. */
  readonly type: string | null
  /** `{ charset: 'utf-8' }`, `{ 'pix-x': 320, 'pix-y': 200 }`. */
  readonly parameters?: { readonly [name: string]: string | number } | undefined
}

/** A message with its converted parts. */
export interface ConvertedMessage {
  readonly uid: number
  /** By part number; null for one that the server could not convert. */
  readonly parts: ReadonlyMap<string, Buffer | null>
}

const writeTarget = (out: CommandWriter, { type, parameters = {} }: ConversionTarget): void => {
  out.open()
  if (type === null) out.nil()
  else out.string(checkType(type))
  const given = Object.entries(parameters)
  if (given.length > 0) {
    out.open()
    for (const [name, value] of given) out.string(name).string(String(value))
    out.close()
  }
  out.close()
}

const checkType = (type: string): string => {
  if (!/^[a-z0-9!#$&^_.+*-]+\/[a-z0-9!#$&^_.+*-]+$/i.test(type) && type !== '*')
    throw invalid(`convert: ${JSON.stringify(type)} is no media type`)
  return type
}

/** UID CONVERT (RFC 5259 §6): parts in another form, made by the server. */
export const uidConvert = command({
  name: 'UID CONVERT',
  states: ['selected'],
  needs: 'CONVERT',
  idempotent: true,
  write(out, [set, target, parts]: [set: SequenceSet, target: ConversionTarget, parts: readonly string[]]) {
    if (parts.length === 0) throw invalid('convert: name at least one part')
    out.set(set)
    writeTarget(out, target)
    const items = parts.map((part) => `BINARY[${binarySpec(part)}]`)
    if (items.length === 1) out.verbatim(items[0] as string)
    else out.list(items, (item) => out.verbatim(item))
  },
  claims: { CONVERTED: ({ uid }, [set]) => uid !== null && set.has(uid) },
  result(replies, { args: [, , parts] }): ConvertedMessage[] {
    const found = new Map<number, Map<string, Buffer | null>>()
    for (const { uid, sections } of replies) {
      const message = found.get(uid as number) ?? new Map<string, Buffer | null>(parts.map((part) => [part, null]))
      found.set(uid as number, message)
      for (const part of parts) {
        const octets = sections.get(`BINARY[${part}]`)
        if (Buffer.isBuffer(octets)) message.set(part, octets)
      }
    }
    return Array.from(found, ([uid, converted]) => ({ uid, parts: converted }))
  },
})

/** CONVERSIONS (RFC 5259 §5): which conversions the server can do. */
export const listConversions = command({
  name: 'CONVERSIONS',
  states: ['authenticated', 'selected'],
  needs: 'CONVERT',
  idempotent: true,
  write: (out, [from, to]: [from: string, to: string]) => void out.string(checkType(from)).string(checkType(to)),
  claims: { CONVERSION: () => true },
  result: (replies): readonly ConversionResponse[] => replies,
})

/**
 * Parts of messages in another form, made by the server: pictures smaller, texts in another charset (RFC 5259; CONVERT).
 *
 * @throws MissingCapability; CommandRefused with the codes `BADPARAMETERS`, `TEMPFAIL`, `MAXCONVERTMESSAGES` …
 * @example
 * const [message] = await inbox.convert(7, { type: 'text/plain', parameters: { charset: 'utf-8' } }, ['1'])
 */
export const convert =
  (runner: MailboxRunner) =>
  async (
    uids: MessageNumbers,
    target: ConversionTarget,
    parts: readonly string[],
    options: CallOptions = {},
  ): Promise<readonly ConvertedMessage[]> => {
    const pieces = piecesOf(uids).map((piece) => runner.run(uidConvert, [piece, target, parts], options))
    return (await Promise.all(pieces)).flat()
  }

/**
 * The conversions that the server can do between these media types; `*` for any (RFC 5259 §5).
 *
 * @example
 * await client.conversions('image/gif', '*')
 */
export const conversions =
  (runner: Runner) =>
  (from: string, to: string, options: CallOptions = {}): Promise<readonly ConversionResponse[]> =>
    runner.run(listConversions, [from, to], options)
