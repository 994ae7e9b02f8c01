import { describe, expect, it } from 'vitest'
import { scriptedClient } from '../scripted-client.ts'

describe('LANGUAGE, by the dialogues of RFC 5255 §3.2', () => {
  it('lists, uses, and brings translated namespaces along', async () => {
    await using scripted = await scriptedClient('LANGUAGE NAMESPACE', {
      LANGUAGE: ({ args }) => {
        if (args === '') return ['* LANGUAGE (EN DE IT i-default)', '$tag OK Supported languages have been enumerated']
        if (args === 'MUL') return ['$tag NO Unsupported language MUL']
        if (args === 'FR-CA EN-CA') return ['* LANGUAGE (EN)', '$tag OK Now speaking English']
        return [
          '* LANGUAGE (DE)',
          '* NAMESPACE (("" "/")) (("Other Users/" "/" "TRANSLATION" ("Andere Ben&APw-tzer/"))) (("Public Folders/" "/" "TRANSLATION" ("Gemeinsame Postf&AM8-cher/")))',
          '$tag OK Sprachwechsel durch LANGUAGE-Befehl ausgefuehrt',
        ]
      },
    })
    const { language } = scripted.client
    expect(await language.offered()).toEqual(['EN', 'DE', 'IT', 'i-default'])
    const { language: used, namespaces } = await language.use(['DE'])
    expect(used).toBe('DE')
    expect(namespaces?.other?.[0]?.extensions.get('TRANSLATION')).toEqual(['Andere Benützer/'])
    expect(await language.use(['FR-CA', 'EN-CA'])).toEqual({ language: 'EN', namespaces: null })
    await expect(language.use(['MUL'])).rejects.toMatchObject({ code: 'NO', serverText: 'Unsupported language MUL' })
    await language.use(['default'])
    expect(scripted.sent()).toEqual([
      'LANGUAGE',
      'LANGUAGE DE',
      'LANGUAGE FR-CA EN-CA',
      'LANGUAGE MUL',
      'LANGUAGE default',
    ])
  })

  it('a connection that is opened later speaks the language too', async () => {
    await using scripted = await scriptedClient(
      'LANGUAGE',
      { LANGUAGE: ['* LANGUAGE (DE)', '$tag OK gut'] },
      { reconnect: { delay: 1 } },
    )
    const { client, server } = scripted
    await client.language.use(['DE'])
    server.connections[0]?.destroy()
    await server.connections[0]?.closed
    await client.noop().catch(() => client.noop())
    const second = server.connections[1]?.commands.map(({ name, args }) => `${name} ${args}`.trim())
    expect(second).toEqual([expect.stringMatching(/^LOGIN/), 'LANGUAGE DE', 'NOOP'])
  })

  it('sends nothing to a server without it, and no word that is no language', async () => {
    await using without = await scriptedClient('')
    await expect(without.client.language.offered()).rejects.toMatchObject({ code: 'ECAPABILITY' })
    await expect(without.client.language.use(['de'])).rejects.toMatchObject({ code: 'ECAPABILITY' })
    await using scripted = await scriptedClient('LANGUAGE')
    for (const word of ['', 'de de', 'd€', 'de_DE'])
      await expect(scripted.client.language.use([word])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(scripted.client.language.use([])).rejects.toMatchObject({ code: 'EINVALID' })
    expect([...without.sent(), ...scripted.sent()]).toEqual([])
  })
})

describe('COMPARATOR (I18NLEVEL=2), by RFC 5255 §4.7', () => {
  it('tells and changes how strings are compared', async () => {
    await using scripted = await scriptedClient('I18NLEVEL=2', {
      COMPARATOR: ({ args }) => {
        if (args === '') return ['* COMPARATOR i;unicode-casemap', '$tag OK done']
        if (args.startsWith('x')) return ['$tag NO [BADCOMPARATOR] none of them']
        return ['* COMPARATOR i;basic', '$tag OK Will use i;basic for collation']
      },
    })
    const { comparator } = scripted.client
    expect(await comparator.active()).toEqual({ active: 'i;unicode-casemap', matching: [] })
    expect(await comparator.use(['cz;*', 'i;basic'])).toEqual({ active: 'i;basic', matching: [] })
    await expect(comparator.use(['x;y'])).rejects.toMatchObject({ code: 'NO', responseCode: 'BADCOMPARATOR' })
    expect(() => comparator.use([])).toThrow(/none is named/)
    expect(scripted.sent()).toEqual(['COMPARATOR', 'COMPARATOR "cz;*" i;basic', 'COMPARATOR x;y'])
  })

  it('sends nothing with I18NLEVEL=1, where there is no choice', async () => {
    await using scripted = await scriptedClient('I18NLEVEL=1')
    await expect(scripted.client.comparator.active()).rejects.toMatchObject({ capabilities: ['I18NLEVEL=2'] })
    expect(scripted.sent()).toEqual([])
  })
})
