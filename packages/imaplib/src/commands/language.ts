import { invalid } from '../errors/imap-error.ts'
import type { NamespaceResponse } from '../responses/namespace.ts'
import { command } from './command.ts'
import type { CallOptions } from './run.ts'
import type { ClientRunner, Extension } from './runner.ts'

/** What the server made of the languages that were asked for. */
export interface LanguageChoice {
  /** The language tag (BCP 47) now in use; null when the server did not say. */
  readonly language: string | null
  /** The namespaces with their `TRANSLATION`, where the server sent them along (RFC 5255 §3.4); null otherwise. */
  readonly namespaces: NamespaceResponse | null
}

/** RFC 4647 §2.1 language-range; `default` is the server's preferred one (RFC 5255 §3.2). */
const check = (range: string): string => {
  if (!/^(?:\*|[A-Za-z]{1,8})(?:-(?:\*|[A-Za-z0-9]{1,8}))*$/.test(range))
    throw invalid(`${JSON.stringify(range)} is not a language`)
  return range
}

/** LANGUAGE without arguments: the languages of the server's texts (RFC 5255 §3.2). */
export const listLanguages = command({
  name: 'LANGUAGE',
  states: ['not authenticated', 'authenticated', 'selected'],
  needs: 'LANGUAGE',
  idempotent: true,
  write: (_out, _args: []) => undefined,
  claims: { LANGUAGE: () => true },
  result: (replies): readonly string[] => replies.flatMap((reply) => [...reply.languages]),
})

/** LANGUAGE: the language of the server's texts from now on, the first of those named that it has (RFC 5255 §3.2). */
export const useLanguage = command({
  name: 'LANGUAGE',
  states: ['not authenticated', 'authenticated', 'selected'],
  needs: 'LANGUAGE',
  idempotent: true,
  order: 'blocks',
  write(out, [languages]: [languages: readonly string[]]) {
    if (languages.length === 0) throw invalid('LANGUAGE: no language is named')
    for (const each of languages) out.astring(check(each))
  },
  claims: { LANGUAGE: () => true, NAMESPACE: () => true },
  result(replies): LanguageChoice {
    const choice = replies.find((reply) => reply.type === 'LANGUAGE')
    const namespaces = replies.find((reply) => reply.type === 'NAMESPACE')
    return { language: choice?.languages[0] ?? null, namespaces: namespaces ?? null }
  },
})

/**
 * The language of what the server says to people (RFC 5255).
 *
 * @example
 * const { language } = await client.language.use(['fr-CA', 'en'])
 */
export const language = ((runner: ClientRunner) => ({
  /** Those that the server has. A server that cannot tell them, or has no other than `i-default`, refuses. */
  offered: (options?: CallOptions) => runner.run(listLanguages, [], options),
  /** Uses the first that the server has, on all connections, those opened later too. `'default'`: the server's own. */
  use: (languages: readonly string[], options?: CallOptions) =>
    runner.everywhere('LANGUAGE', useLanguage, [languages], options),
})) satisfies Extension<ClientRunner, unknown>
