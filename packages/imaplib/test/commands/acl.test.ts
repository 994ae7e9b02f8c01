import { orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import { allows } from '../../src/commands/rights.ts'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'
import { scriptedClient } from '../scripted-client.ts'

describe('ACL, by the dialogues of RFC 4314', () => {
  it('GETACL, SETACL, DELETEACL, LISTRIGHTS and MYRIGHTS (§3.1 to §3.5)', async () => {
    await using scripted = await scriptedClient('ACL RIGHTS=texk', {
      GETACL: ['* ACL INBOX Fred rwipsldexta', '$tag OK Getacl complete'],
      SETACL: ['$tag OK Setacl complete'],
      DELETEACL: ['$tag OK Deleteacl complete'],
      LISTRIGHTS: ['* LISTRIGHTS ~/Mail/saved smith la r swicdkxte', '$tag OK Listrights completed'],
      MYRIGHTS: ['* MYRIGHTS INBOX rwiptsldaex', '$tag OK Myrights complete'],
    })
    const { acl } = scripted.client
    expect(await acl.get('INBOX')).toEqual(new Map([['Fred', 'rwipsldexta']]))
    await acl.set('INBOX/Drafts', 'John', 'lrswicda')
    await acl.set('INBOX/Drafts', 'John', '+t')
    await acl.set('INBOX/Drafts', '-anyone', '')
    await acl.delete('INBOX', 'Fred')
    expect(await acl.grantable('~/Mail/saved', 'smith')).toEqual({ required: 'la', optional: ['r', 'swicdkxte'] })
    expect(await acl.mine('INBOX')).toBe('rwiptsldaex')
    expect(acl.newRights()).toBe('texk')
    expect(scripted.sent()).toEqual([
      'GETACL INBOX',
      'SETACL INBOX/Drafts John lrswicda',
      'SETACL INBOX/Drafts John +t',
      'SETACL INBOX/Drafts -anyone ""',
      'DELETEACL INBOX Fred',
      'LISTRIGHTS ~/Mail/saved smith',
      'MYRIGHTS INBOX',
    ])
  })

  it('refuses rights and identifiers that are none, before anything is sent', async () => {
    await using scripted = await scriptedClient('ACL')
    const { acl } = scripted.client
    for (const rights of ['LR', 'l r', 'é', '+', '-', '+-l'])
      await expect(acl.set('INBOX', 'fred', rights)).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(acl.set('INBOX', '', 'l')).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(acl.delete('INBOX', '')).rejects.toMatchObject({ code: 'EINVALID' })
    expect(scripted.sent()).toEqual([])
  })

  it('sends nothing to a server without ACL', async () => {
    await using scripted = await scriptedClient('')
    const { acl } = scripted.client
    for (const call of [
      () => acl.get('x'),
      () => acl.set('x', 'y', 'l'),
      () => acl.delete('x', 'y'),
      () => acl.grantable('x', 'y'),
      () => acl.mine('x'),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'ECAPABILITY', capabilities: ['ACL'] })
    expect(scripted.sent()).toEqual([])
  })
})

describe('allows', () => {
  it('reads the letters of RFC 4314', () => {
    expect(allows('lrswipkxtea', 'expunge')).toBe(true)
    expect(allows('lr', 'write')).toBe(false)
    expect(allows('', 'lookup')).toBe(false)
  })

  it('understands c and d of RFC 2086, unless the server knows the newer letters (§2.1.1)', () => {
    expect(allows('lrswipcda', 'deleteMessages')).toBe(true)
    expect(allows('lrswipcda', 'createMailboxes')).toBe(true)
    expect(allows('lrd', 'createMailboxes')).toBe(false)
    expect(allows('lrtd', 'expunge')).toBe(false)
  })

  it('knows no rights from Object.prototype', () => {
    expect(() => allows('lr', 'constructor' as never)).toThrow(/is no right/)
  })
})

const dovecot = await orSkipped(startDovecot())
afterAll(() => dovecot?.stop())

describe.skipIf(dovecot === undefined)('ACL of Dovecot 2.3', () => {
  it('shares a mailbox with another user, and takes it back', async () => {
    if (dovecot === undefined) return
    const [owner, guest] = [dovecot.user(), dovecot.user()]
    await using client = await liveClient(dovecot, owner)
    await using other = await liveClient(dovecot, guest)
    await client.create('Projekte ä')
    expect(allows(await client.acl.mine('Projekte ä'), 'administer')).toBe(true)
    await client.acl.set('Projekte ä', guest, 'lr')
    await client.acl.set('Projekte ä', guest, '+s')
    const rights = await client.acl.get('Projekte ä')
    expect([...(rights.get(guest) ?? '')].sort().join('')).toBe('lrs')
    const { optional, required } = await client.acl.grantable('Projekte ä', guest)
    expect(required + optional.join('')).toContain('l')
    const shared = `Other/${owner}/Projekte ä`
    expect([...(await other.acl.mine(shared))].sort().join('')).toBe('lrs')
    await client.acl.delete('Projekte ä', guest)
    expect((await client.acl.get('Projekte ä')).has(guest)).toBe(false)
    await expect(other.open(shared)).rejects.toMatchObject({ code: 'NO' })
    expect(client.acl.newRights()).toMatch(/^[kxte]{4}$/)
    exercised(dovecot, 'ACL', 'RIGHTS=')
  })
})
