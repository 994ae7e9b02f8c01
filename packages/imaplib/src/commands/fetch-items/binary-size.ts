import { invalid } from '../../errors/imap-error.ts'
import { binarySizes } from '../../responses/fetch-items/sections.ts'
import { binarySpec } from './sections.ts'
import type { RequestItem } from './request-item.ts'

/** BINARY.SIZE: octets of parts as {@link binary} would give them; null where the server cannot tell (RFC 3516 §4.3). */
export const binarySize: RequestItem<readonly string[], ReadonlyMap<string, number | null>> = {
  needs: ['BINARY', 'IMAP4rev2'],
  write(out, specs) {
    if (specs.length === 0) throw invalid('binarySize: name at least one part')
    for (const spec of specs) out.verbatim(`BINARY.SIZE[${binarySpec(spec)}]`)
  },
  present: (row, specs) => specs.every((spec) => row.get(binarySizes)?.has(spec) === true),
  read: (row, specs) => new Map(specs.map((spec) => [spec, row.get(binarySizes)?.get(spec) ?? null])),
}
