import type { Piece, ReceivedCommand, ScriptedConnection } from './scripted-connection.ts'

/** A literal that a client announces. */
export interface AnnouncedLiteral {
  readonly tag: string
  /** The command so far, with this literal's header at its end. */
  readonly line: string
  readonly size: number
  /** Whether the client waits for the go-ahead (RFC 9051 §4.3); otherwise its bytes come anyway. */
  readonly synchronizing: boolean
}

/** Decides on a literal: nothing accepts it; pieces are sent instead of the go-ahead, and the command is over. */
export type LiteralJudge = (literal: AnnouncedLiteral) => readonly Piece[] | undefined

/** Reads one command, and gives the go-ahead for the synchronizing literals in it. `undefined` when a literal was refused. */
export const readCommand = async (
  connection: ScriptedConnection,
  judge?: LiteralJudge,
): Promise<ReceivedCommand | undefined> => {
  let last = await connection.readLine()
  let line = last
  let refused = false
  const tag = line.split(' ', 1)[0] ?? ''
  const literals: Buffer[] = []
  for (let header = literalHeader(last); header !== undefined; header = literalHeader(last)) {
    const refusal = refused ? undefined : judge?.({ tag, line, ...header })
    if (refusal !== undefined) {
      refused = true
      await connection.send(...refusal.map((piece) => substituted(piece, tag)))
      // The rest of a command whose literal does not wait for an answer is on its way (RFC 7888 §4).
      if (header.synchronizing) break
    } else if (header.synchronizing) await connection.send('+ go')
    literals.push(await connection.readExactly(header.size))
    last = await connection.readLine()
    line += last
  }
  if (refused) return undefined
  return { tag, literals, line, ...nameAndArgs(line.slice(tag.length + 1)) }
}

/** Puts the command's tag where a line says `$tag`. */
export const substituted = (piece: Piece, tag: string): Piece =>
  typeof piece === 'string' ? piece.replaceAll('$tag', tag) : piece

const literalHeader = (line: string): { size: number; synchronizing: boolean } | undefined => {
  const found = /\{(\d+)(\+?)\}$/.exec(line)
  return found === null ? undefined : { size: Number(found[1]), synchronizing: found[2] === '' }
}

const nameAndArgs = (rest: string): { name: string; args: string } => {
  const found = /^(UID +\S+|\S+) ?(.*)$/is.exec(rest)
  return { name: (found?.[1] ?? rest).toUpperCase().replace(/ +/, ' '), args: found?.[2] ?? '' }
}
