import { isUtf8 } from 'node:buffer'
import type { Fragment } from '../../src/wire/fragment.ts'

/** What a strict server makes of what it reads: written from RFC 9051 §9 alone, without any code of the library. */
export type Token =
  | { kind: 'atom'; text: string }
  | { kind: 'quoted'; octets: Buffer }
  | { kind: 'literal'; octets: Buffer; synchronising: boolean; binary: boolean }
  | { kind: 'list'; items: Token[] }

export interface ServerRules {
  utf8: boolean
  binary: boolean
}

/** All octets that leave, in order. */
export const octetsOf = (fragments: readonly Fragment[]): Buffer =>
  Buffer.concat(fragments.map((fragment) => (fragment.kind === 'stream' ? Buffer.alloc(0) : fragment.bytes)))

/** Each command with its tag first. Throws at whatever a strict server would answer BAD to. */
export const readCommands = (octets: Buffer, rules: ServerRules): Token[][] => {
  const commands: Token[][] = []
  let at = 0
  while (at < octets.length) {
    const tokens = items(0)
    if (octets[at] !== 0x0d || octets[at + 1] !== 0x0a) throw new Error(`no CRLF at ${at}`)
    at += 2
    commands.push(tokens)
  }
  return commands

  function items(depth: number): Token[] {
    const found: Token[] = []
    for (;;) {
      const c = octets[at]
      if (found.length === 0 && depth > 0 && c === 0x29) return found
      found.push(item(depth))
      if (octets[at] !== 0x20) return found
      at += 1
    }
  }

  function item(depth: number): Token {
    const c = octets[at]
    if (c === 0x28) {
      at += 1
      const list: Token = { kind: 'list', items: items(depth + 1) }
      if (octets[at] !== 0x29) throw new Error(`no ) at ${at}`)
      at += 1
      return list
    }
    if (c === 0x22) return quoted()
    const literal = /^(~?)\{(0|[1-9]\d*)(\+?)\}\r\n/.exec(octets.toString('latin1', at, at + 40))
    if (literal !== null) {
      const [header, tilde, size, plus] = literal as unknown as [string, string, string, string]
      const from = at + header.length
      at = from + Number(size)
      const body = octets.subarray(from, at)
      if (body.length !== Number(size)) throw new Error('literal cut short')
      if (tilde === '' && body.includes(0)) throw new Error('NUL in a literal')
      if (tilde !== '' && !rules.binary) throw new Error('literal8 without BINARY')
      return { kind: 'literal', octets: body, synchronising: plus === '', binary: tilde !== '' }
    }
    return atom()
  }

  function quoted(): Token {
    const out: number[] = []
    for (at += 1; octets[at] !== 0x22; at += 1) {
      if (octets[at] === 0x5c) {
        at += 1
        if (octets[at] !== 0x5c && octets[at] !== 0x22) throw new Error(`bad escape at ${at}`)
      }
      const c = octets[at]
      if (c === undefined || c === 0 || c === 0x0d || c === 0x0a) throw new Error(`bad octet in quotes at ${at}`)
      if (c > 0x7f && !rules.utf8) throw new Error(`8-bit in quotes at ${at}`)
      out.push(c)
    }
    at += 1
    const text = Buffer.from(out)
    if (!isUtf8(text)) throw new Error('quoted text is not UTF-8')
    return { kind: 'quoted', octets: text }
  }

  /** Atoms of all kinds: flags and list patterns may have `\`, `%` and `*`. */
  function atom(): Token {
    const from = at
    while (at < octets.length) {
      const c = octets[at] as number
      if (c <= 0x20 || c >= 0x7f || '(){"'.includes(String.fromCharCode(c))) break
      at += 1
    }
    if (at === from) throw new Error(`nothing at ${at}`)
    return { kind: 'atom', text: octets.toString('latin1', from, at) }
  }
}

/** The octets that a string token stands for. */
export const valueOf = (token: Token | undefined): Buffer => {
  if (token === undefined || token.kind === 'list') throw new Error('no string')
  return token.kind === 'atom' ? Buffer.from(token.text, 'latin1') : token.octets
}
