/** One step of a transcript. */
export type Step =
  | { readonly who: 'C' | 'S'; readonly text: string; readonly at: number }
  | { readonly who: 'event'; readonly text: 'tls' | 'end' | 'reset'; readonly at: number }

const events = new Map<string, 'tls' | 'end' | 'reset'>([
  ['<TLS negotiation>', 'tls'],
  ['<end>', 'end'],
  ['<reset>', 'reset'],
])

/**
 * Reads a transcript as RFCs print them: `C:` and `S:` before each line, `<TLS negotiation>` between them, blank lines anywhere. A line
 * without a mark goes on with the one before, after one space. White space at the end of a line does not count.
 */
export const parseTranscript = (transcript: string): Step[] => {
  const steps: Step[] = []
  for (const [index, raw] of transcript.split(/\r?\n/).entries()) {
    const text = raw.trim()
    const at = index + 1
    const event = events.get(text)
    const marked = /^([CS]):(?: (.*))?$/.exec(text)
    const last = steps.at(-1)
    if (text === '') continue
    if (event !== undefined) steps.push({ who: 'event', text: event, at })
    else if (marked !== null) steps.push({ who: marked[1] === 'C' ? 'C' : 'S', text: marked[2] ?? '', at })
    else if (last !== undefined && last.who !== 'event') steps.splice(-1, 1, { ...last, text: `${last.text} ${text}` })
    else throw new SyntaxError(`line ${at} of the transcript is neither C: nor S:: ${text}`)
  }
  return steps
}

/**
 * The tags of a transcript, by name: what tagged responses begin with, and what stands before an upper-case command. Bodies of literals
 * hardly ever look like that.
 */
export const tagsOf = (steps: readonly Step[]): Set<string> => {
  const tags = new Set<string>()
  for (const { who, text } of steps) {
    const tagged = who === 'S' ? /^([^\s+*]+) (?:OK|NO|BAD)\b/.exec(text) : null
    const command = who === 'C' ? /^([A-Za-z]*\d+) [A-Z]+\b/.exec(text) : null
    const tag = tagged?.[1] ?? command?.[1]
    if (tag !== undefined) tags.add(tag)
  }
  return tags
}
