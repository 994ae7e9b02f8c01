import { orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'
import { scriptedClient } from '../scripted-client.ts'

describe('QUOTA, by the dialogues of RFC 9208', () => {
  it('GETQUOTA tells usage and limits (§4.1.1)', async () => {
    await using scripted = await scriptedClient('QUOTA QUOTA=RES-STORAGE', {
      GETQUOTA: ['* QUOTA "!partition/sda4" (STORAGE 104 10923847)', '$tag OK Getquota complete'],
    })
    const quota = await scripted.client.quota.get('!partition/sda4')
    expect(quota).toEqual(new Map([['STORAGE', { usage: 104n, limit: 10923847n }]]))
    expect(scripted.sent()).toEqual(['GETQUOTA !partition/sda4'])
  })

  it('GETQUOTAROOT tells each root of a mailbox, those without usage too (§4.1.2)', async () => {
    await using scripted = await scriptedClient('QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE', {
      GETQUOTAROOT: [
        '* QUOTAROOT INBOX "#user/alice" "!partition/sda4" hidden',
        '* QUOTA "#user/alice" (MESSAGE 42 1000)',
        '* QUOTA "!partition/sda4" (STORAGE 104 10923847)',
        '$tag OK Getquotaroot complete',
      ],
    })
    const roots = await scripted.client.quota.of('inbox')
    expect([...roots.keys()].sort()).toEqual(['!partition/sda4', '#user/alice', 'hidden'])
    expect(roots.get('#user/alice')?.get('MESSAGE')).toEqual({ usage: 42n, limit: 1000n })
    expect(roots.get('hidden')).toEqual(new Map())
    expect(scripted.sent()).toEqual(['GETQUOTAROOT INBOX'])
  })

  it('SETQUOTA tells what the server made of it, and throws where it may not (§4.1.3)', async () => {
    await using scripted = await scriptedClient('QUOTA QUOTASET QUOTA=RES-STORAGE QUOTA=RES-MESSAGE', {
      SETQUOTA: ({ args }) =>
        args.startsWith('#user')
          ? ['* QUOTA "#user/alice" (STORAGE 58 512)', '$tag OK Rounded quota']
          : ['* QUOTA "!partition/sda4" (STORAGE 104 10923847)', '$tag NO Cannot change system limit'],
    })
    const { quota } = scripted.client
    expect(await quota.set('#user/alice', { STORAGE: 510 })).toEqual(
      new Map([['STORAGE', { usage: 58n, limit: 512n }]]),
    )
    await expect(quota.set('!partition/sda4', { STORAGE: 99999999 })).rejects.toMatchObject({
      code: 'NO',
      serverText: 'Cannot change system limit',
    })
    expect(scripted.sent()).toEqual([
      'SETQUOTA #user/alice (STORAGE 510)',
      'SETQUOTA !partition/sda4 (STORAGE 99999999)',
    ])
  })

  it('takes and sends numbers of 63 bits, and no more', async () => {
    await using scripted = await scriptedClient('QUOTA', { SETQUOTA: ['$tag OK set'] })
    expect(await scripted.client.quota.set('', { MESSAGE: 2n ** 63n - 1n })).toBeNull()
    await expect(scripted.client.quota.set('', { MESSAGE: 2n ** 63n })).rejects.toMatchObject({ code: 'EINVALID' })
    expect(scripted.sent()).toEqual(['SETQUOTA "" (MESSAGE 9223372036854775807)'])
  })

  it('sends nothing where the server lacks QUOTA, or, of RFC 9208, QUOTASET', async () => {
    await using none = await scriptedClient('')
    await expect(none.client.quota.of('INBOX')).rejects.toMatchObject({ code: 'ECAPABILITY' })
    expect(none.sent()).toEqual([])
    await using readOnly = await scriptedClient('QUOTA QUOTA=RES-STORAGE')
    await expect(readOnly.client.quota.set('', { STORAGE: 1 })).rejects.toMatchObject({
      code: 'ECAPABILITY',
      capabilities: ['QUOTASET'],
    })
    expect(readOnly.sent()).toEqual([])
  })

  it('OVERQUOTA is an error of its own (§4.3.1)', async () => {
    await using scripted = await scriptedClient('QUOTA', { CREATE: ['$tag NO [OVERQUOTA] CREATE Failed'] })
    await expect(scripted.client.create('x')).rejects.toMatchObject({ name: 'OverLimit', responseCode: 'OVERQUOTA' })
  })

  it('STATUS has DELETED and DELETED-STORAGE (§4.1.4)', async () => {
    await using scripted = await scriptedClient('QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE', {
      STATUS: ['* STATUS INBOX (MESSAGES 12 DELETED 4 DELETED-STORAGE 8)', '$tag OK Status complete.'],
    })
    expect(await scripted.client.status('INBOX', ['messages', 'deleted', 'deletedStorage'])).toEqual({
      mailbox: 'INBOX',
      messages: 12,
      deleted: 4,
      deletedStorage: 8,
    })
    expect(scripted.sent()).toEqual(['STATUS INBOX (MESSAGES DELETED DELETED-STORAGE)'])
  })
})

const dovecot = await orSkipped(startDovecot())
afterAll(() => dovecot?.stop())

describe.skipIf(dovecot === undefined)('QUOTA of Dovecot 2.3, an RFC 2087 server', () => {
  it('tells the quota of an account', async () => {
    if (dovecot === undefined) return
    await using client = await liveClient(dovecot, dovecot.user({ quota: 200 * 1024 }))
    const roots = await client.quota.of('INBOX')
    expect(roots.get('User quota')?.get('STORAGE')).toEqual({ usage: 0n, limit: 200n })
    expect(await client.quota.get('User quota')).toEqual(roots.get('User quota'))
    await expect(client.quota.get('nobody’s')).rejects.toMatchObject({ code: 'NO' })
    // Only administrators may.
    await expect(client.quota.set('User quota', { STORAGE: 1 })).rejects.toMatchObject({ code: 'NO' })
    exercised(dovecot, 'QUOTA')
  })
})
