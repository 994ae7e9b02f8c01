import { ImapError } from '../errors/imap-error.ts'
import { command } from './command.ts'

/** What a client or server says about itself (RFC 2971 §3.3): `name`, `version`, `vendor`, `support-url` … */
export type Identification = Readonly<Record<string, string | null>>

/** RFC 2971 §3.3: at most 30 pairs, names of at most 30 octets, values of at most 1024. */
const check = (fields: Identification) => {
  const entries = Object.entries(fields)
  if (entries.length > 30) throw new ImapError('EINVALID', 'ID takes at most 30 fields (RFC 2971 §3.3).')
  for (const [name, value] of entries)
    if (Buffer.byteLength(name) > 30 || Buffer.byteLength(value ?? '') > 1024)
      throw new ImapError('EINVALID', `ID: the field "${name.slice(0, 30)}" is too long (RFC 2971 §3.3).`)
  return entries
}

/** ID: tells who we are and asks who the server is (RFC 2971). Resolves to null when the server keeps it to itself. */
export const id = command({
  name: 'ID',
  states: ['not authenticated', 'authenticated', 'selected'],
  needs: 'ID',
  idempotent: true,
  write(out, [fields]: [fields: Identification | null]) {
    const entries = fields === null ? [] : check(fields)
    if (entries.length === 0) out.nil()
    else
      out.list(entries, ([name, value]) => {
        out.string(name)
        if (value === null) out.nil()
        else out.string(value)
      })
  },
  claims: { ID: () => true },
  result: ([reply]): ReadonlyMap<string, string | null> | null => reply?.fields ?? null,
})
