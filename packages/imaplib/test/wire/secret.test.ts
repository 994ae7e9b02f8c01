import { format, inspect } from 'node:util'
import { expect, it } from 'vitest'
import { Secret } from '../../src/wire/secret.ts'

it('gives its value to nobody but who asks for it', () => {
  for (const value of ['hunter2', Buffer.from('hunter2')]) {
    const secret = new Secret(value)
    expect(secret.reveal()).toBe(value)
    // As a careless caller would use it.
    const taken = secret as unknown as string
    const shown = [
      String(secret),
      [secret].join(),
      `${taken}`,
      'x' + taken,
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true, depth: 9 }),
      inspect({ auth: { secret } }, { depth: 9 }),
      format('%s %j %o %O', secret, secret, secret, secret),
      JSON.stringify(Object.entries(secret)),
      inspect({ ...secret }),
      inspect(structuredClone({ ...secret })),
      inspect(new Map([[secret, secret]])),
      new Error('x', { cause: secret }).stack,
      inspect(new Error('x', { cause: secret })),
    ].join('\n')
    expect(shown).not.toContain('hunter2')
    expect(shown).not.toContain(inspect(Buffer.from('hunter2')).slice(8, -1))
    expect(shown).toContain('[secret]')
  }
})
