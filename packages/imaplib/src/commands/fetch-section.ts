import { SequenceSet } from '../wire/sequence-set.ts'
import type { Command } from './command.ts'
import { require } from './require.ts'
import { SectionCollector, type SectionOutcome, type SectionSink } from './section-collector.ts'
import type { SectionRequest } from './section-request.ts'

export type SectionArguments = [request: SectionRequest, sink: SectionSink]

/**
 * UID FETCH of one section of one message (RFC 9051 §6.4.5), whose octets go to a sink as they arrive. `\Seen` is not set.
 *
 * The UID is asked for first, so that servers name it before the octets, as they nearly all do in the order asked.
 */
export const fetchSection: Command<SectionArguments, SectionOutcome> = {
  name: 'UID FETCH',
  states: ['selected'],
  idempotent: true,
  order: () => 'free',
  needs: () => [],
  write(out, [{ uid, name, range }], context) {
    if (name.startsWith('BINARY')) require(context, ['BINARY', 'IMAP4rev2'], 'FETCH BINARY')
    const partial = range === null ? '' : `<${range.start}.${range.length}>`
    out.atom('UID').atom('FETCH').set(SequenceSet.of(uid)).open().atom('UID')
    out.verbatim(`${name.replace('[', '.PEEK[')}${partial}`).close()
  },
  collect: ([request, sink]) => new SectionCollector(request, sink),
}
