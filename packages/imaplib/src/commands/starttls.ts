import { command } from './command.ts'

/**
 * STARTTLS (RFC 9051 §6.2.1). `onOk` is called while the tagged OK is delivered, before any later byte is looked at: it
 * must hand the connection to TLS there and then.
 */
export const starttls = command({
  name: 'STARTTLS',
  idempotent: true,
  states: ['not authenticated'],
  order: 'alone',
  needs: 'STARTTLS',
  write: (_out, _args: [onOk: () => void]) => undefined,
  result: () => undefined,
  onCompletion: (completion, [onOk]) => {
    if (completion.status === 'OK') onOk()
  },
})
