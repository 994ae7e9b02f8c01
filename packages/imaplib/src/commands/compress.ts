import { command } from './command.ts'

/** COMPRESS DEFLATE (RFC 4978). `onOk` is called while the tagged OK is delivered: what follows it is deflated. */
export const compress = command({
  name: 'COMPRESS',
  idempotent: true,
  states: ['authenticated', 'selected'],
  order: 'alone',
  needs: 'COMPRESS=DEFLATE',
  write: (out, _args: [onOk: () => void]) => void out.atom('DEFLATE'),
  result: () => undefined,
  onCompletion: (completion, [onOk]) => {
    if (completion.status === 'OK') onOk()
  },
})
