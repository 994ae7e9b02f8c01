/** What a subject says apart from `Re:` and the like (RFC 5256 §2.1). */
export interface BaseSubject {
  readonly text: string
  /** Something was taken away that marks an answer or a forwarded message: `Re:`, `Fwd:`, `(fwd)`, `[fwd: …]`. */
  readonly isReply: boolean
}

/** subj-refwd: `re`, `fw` or `fwd`, spaces, perhaps a blob, a colon; before it any number of blobs (subj-leader). */
const leader = /^(?:\[[^[\]]*\][ \t]*)*(?:re|fwd?)[ \t]*(?:\[[^[\]]*\][ \t]*)?:/i

/** subj-trailer, apart from spaces. */
const trailer = /\(fwd\)$/i

/** subj-blob */
const blob = /^\[[^[\]]*\][ \t]*/

const forwardHeader = /^\[fwd:/i

/**
 * The base subject of a decoded subject, by the steps of RFC 5256 §2.1. Subjects are compared by it in SORT and THREAD.
 *
 * @example
 * baseSubject('Re: [list] Fwd: lunch (fwd)') // { text: 'lunch', isReply: true }
 */
export const baseSubject = (subject: string): BaseSubject => {
  // Step 1: the rest of the work of decoding is white space.
  let text = subject.replaceAll(/[\t\r\n]/g, ' ').replaceAll(/ {2,}/g, ' ')
  let isReply = false
  for (;;) {
    // Step 2
    for (text = text.trim(); trailer.test(text); text = text.replace(trailer, '').trim()) isReply = true
    // Steps 3 to 5
    for (;;) {
      const led = text.replace(leader, '').trimStart()
      if (led !== text) {
        isReply = true
        text = led
        continue
      }
      const bare = text.replace(blob, '')
      if (bare === text || bare === '') break
      text = bare
    }
    // Step 6
    if (!forwardHeader.test(text) || !text.endsWith(']')) return { text, isReply }
    text = text.slice('[fwd:'.length, -1)
    isReply = true
  }
}
