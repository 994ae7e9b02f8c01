import { describe, expect, it } from 'vitest'
import { scriptedClient } from '../scripted-client.ts'

describe('LIST: what is told unasked (RFC 9051 §7.3.1), as Cyrus does with the next command', () => {
  const names = async (options: object, ...rows: string[]): Promise<string[]> => {
    await using scripted = await scriptedClient('IMAP4rev2 ENABLE', {
      ENABLE: ['* ENABLED IMAP4rev2', '$tag OK'],
      NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK'],
      LIST: [...rows, '$tag OK'],
    })
    return (await scripted.client.list(options)).map(({ name }) => name)
  }

  it('is no answer when it does not match', async () => {
    expect(await names({ pattern: 'A/%' }, '* LIST () "/" B', '* LIST (\\HasNoChildren) "/" A/x')).toEqual(['A/x'])
    expect(
      await names({ pattern: ['a*b', 'C'] }, '* LIST () "/" abc', '* LIST () "/" a/xb', '* LIST () "/" c'),
    ).toEqual(['a/xb', 'c'])
    expect(await names({ pattern: '%' }, '* LIST () "/" a', '* LIST () "/" a/b')).toEqual(['a'])
  })

  it('is no answer when it has not what was asked for', async () => {
    const rows = ['* LIST (\\Subscribed) "/" Old', '* LIST () "/" New', '* LIST (\\Subscribed \\HasNoChildren) "/" A']
    expect(await names({ subscribed: true }, ...rows)).toEqual(['A'])
    expect(await names({}, ...rows)).toEqual(['A'])
  })

  it('is believed for want of better', async () => {
    expect(await names({}, '* LIST () "/" A', '* LIST () "/" B')).toEqual(['A', 'B'])
  })
})
