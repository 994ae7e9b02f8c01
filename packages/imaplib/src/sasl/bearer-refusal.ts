import type { SaslRefusal } from './mechanism.ts'

/** RFC 7628 §3.2.2 names three short members; a longer explanation is not read. */
const MAX_JSON_LENGTH = 8192
const MAX_TEXT_LENGTH = 512

/**
 * Reads the error that a server sends as a challenge (RFC 7628 §3.2.2; XOAUTH2 does alike): a JSON object. Whatever comes
 * instead of it is still a refusal, only without details.
 *
 * @param token is cut out of the server's texts, should it send it back.
 */
export function parseBearerRefusal(mechanism: string, challenge: Uint8Array, token: string): SaslRefusal {
  const details = new Map<string, string>()
  for (const [key, value] of members(challenge)) {
    if (typeof value === 'string' || typeof value === 'number') {
      details.set(withoutToken(key, token), withoutToken(String(value), token))
    }
  }
  return { mechanism, code: details.get('status') ?? '', details }
}

function members(challenge: Uint8Array): [string, unknown][] {
  if (challenge.byteLength > MAX_JSON_LENGTH) return []
  try {
    const parsed: unknown = JSON.parse(Buffer.from(challenge).toString('utf8'))
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? Object.entries(parsed) : []
  } catch {
    return []
  }
}

const withoutToken = (text: string, token: string): string =>
  text.replaceAll(token, '[secret]').slice(0, MAX_TEXT_LENGTH)
