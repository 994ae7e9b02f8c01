import { expect } from 'vitest'
import { mail, offered, portOf, type Step } from './visit.ts'

/** The part of `everyCall` that is about the account: rights, quotas, annotations and the like. */
export const extensionCalls: Readonly<Record<string, Step>> = {
  'client.metadata.set': async (visit) => {
    const set = () => visit.client.metadata.set('INBOX', { '/private/comment': 'eins\r\nzwei' })
    await offered(visit, ['METADATA'], set, () => undefined)
  },
  'client.metadata.get': async (visit) => {
    const get = () => visit.client.metadata.get('INBOX', ['/private/comment'])
    await offered(visit, ['METADATA'], get, ({ entries }) =>
      expect(entries.get('/private/comment')?.toString()).toBe('eins\r\nzwei'),
    )
  },
  'client.acl.set': async (visit) => {
    await offered(
      visit,
      ['ACL'],
      () => visit.client.acl.set('Ziel', 'bob', 'lr'),
      () => undefined,
    )
  },
  'client.acl.get': async (visit) => {
    await offered(
      visit,
      ['ACL'],
      () => visit.client.acl.get('Ziel'),
      (acl) => expect(acl.get('bob')).toMatch(/^(lr|rl)$/),
    )
  },
  'client.acl.delete': async (visit) => {
    await offered(
      visit,
      ['ACL'],
      () => visit.client.acl.delete('Ziel', 'bob'),
      () => undefined,
    )
  },
  'client.acl.grantable': async (visit) => {
    await offered(
      visit,
      ['ACL'],
      () => visit.client.acl.grantable('Ziel', 'bob'),
      ({ required, optional }) => expect(required + optional.join('')).toContain('l'),
    )
  },
  'client.acl.mine': async (visit) => {
    await offered(
      visit,
      ['ACL'],
      () => visit.client.acl.mine('Ziel'),
      (rights) => expect(rights).toContain('a'),
    )
  },
  'client.acl.newRights': async ({ client }) => {
    expect(client.acl.newRights()).toMatch(client.capabilities.has('ACL') ? /^[a-z]+$/ : /^$/)
  },
  'client.quota.of': async (visit) => {
    await offered(
      visit,
      ['QUOTA'],
      () => visit.client.quota.of('INBOX'),
      (roots) => expect(roots.size).toBe(1),
    )
  },
  'client.quota.get': async ({ client }) => {
    const [[root, usage] = ['']] = [...(await client.quota.of('INBOX'))]
    expect(usage?.get('STORAGE')?.usage).toBeGreaterThan(100n)
    // Some servers (Cyrus) tell it to administrators only.
    const asked = await client.quota.get(root).catch((error: unknown) => error)
    if (asked instanceof Error) expect(asked).toMatchObject({ code: 'NO', serverText: 'Permission denied' })
    else expect(asked).toEqual(usage)
  },
  'client.quota.set': async ({ client }) => {
    // Only administrators may, and each server says so in its own way.
    const error = await client.quota.set('user', { STORAGE: 5 }).catch((caught: unknown) => caught)
    expect(['NO', 'ECAPABILITY']).toContain((error as { code: string }).code)
  },
  'client.urls.authorise': async (visit) => {
    const { client, server, user } = visit
    const url = { user, host: 'localhost', ...portOf(server), mailbox: 'INBOX', uid: 1, access: `user+${user}` }
    await offered(
      visit,
      ['URLAUTH'],
      () => client.urls.authorise([{ url }]),
      ([good]) => expect(good).toMatch(/^imap:/),
    )
  },
  'client.urls.fetch': async (visit) => {
    const { client, server, user } = visit
    const url = { user, host: 'localhost', ...portOf(server), mailbox: 'INBOX', uid: 1, access: `user+${user}` }
    const [good = ''] = client.capabilities.has('URLAUTH') ? await client.urls.authorise([{ url }]) : []
    await offered(
      visit,
      ['URLAUTH'],
      () => client.urls.fetch([good]),
      ([found]) => expect(found?.data).toEqual(Buffer.from(mail('eins'))),
    )
  },
  'client.urls.revoke': async (visit) => {
    await offered(
      visit,
      ['URLAUTH'],
      () => visit.client.urls.revoke('INBOX'),
      () => undefined,
    )
  },
  'client.language.offered': async (visit) => {
    await offered(
      visit,
      ['LANGUAGE'],
      () => visit.client.language.offered(),
      (all) => expect(all.length).toBeGreaterThan(0),
    )
  },
  'client.language.use': async (visit) => {
    await offered(
      visit,
      ['LANGUAGE'],
      () => visit.client.language.use(['default']),
      () => undefined,
    )
  },
  'client.comparator.active': async (visit) => {
    await offered(
      visit,
      ['I18NLEVEL=2'],
      () => visit.client.comparator.active(),
      (active) => expect(active).toBeTruthy(),
    )
  },
  'client.comparator.use': async (visit) => {
    await offered(
      visit,
      ['I18NLEVEL=2'],
      () => visit.client.comparator.use(['i;unicode-casemap']),
      () => undefined,
    )
  },
  'client.jmap.sessionUrl': async (visit) => {
    await offered(
      visit,
      ['JMAPACCESS'],
      () => visit.client.jmap.sessionUrl(),
      (url) => expect(url).toMatch(/^https:/),
    )
  },
  'client.sieve.url': async ({ client }) => {
    if (!client.capabilities.has('IMAPSIEVE')) expect(client.sieve.url()).toBeUndefined()
  },
  'client.sieve.script': async ({ client }) => {
    if (client.capabilities.values('IMAPSIEVE').length === 0)
      await expect(client.sieve.script('INBOX')).rejects.toMatchObject({ code: 'ECAPABILITY' })
  },
  'client.sieve.setScript': async ({ client }) => {
    if (client.capabilities.values('IMAPSIEVE').length === 0)
      await expect(client.sieve.setScript('INBOX', 'x')).rejects.toMatchObject({ code: 'ECAPABILITY' })
  },
}
