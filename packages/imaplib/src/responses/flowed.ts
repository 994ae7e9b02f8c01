/** How a `text/plain; format=flowed` part was written (RFC 3676 §4). */
export interface FlowedOptions {
  /** The parameter `delsp=yes`: the space that marks a flowed line is not part of the text. Default false. */
  delSp?: boolean
}

/**
 * Joins the lines of a `format=flowed` text to paragraphs, in chunks that may be cut anywhere.
 *
 * A line that ends in a space goes on in the next one, if that is quoted as deeply. Space-stuffing is taken off. Quoted
 * lines come out with their `>` marks and one space. `-- ` is a signature's line and never flows (§4.3). Line ends stay
 * as they were.
 */
export class FlowedDecoder {
  private readonly delSp: boolean
  /** Text after the last line end. */
  private rest = ''
  /** The paragraph under way. */
  private open = false
  private depth = 0

  constructor(options: FlowedOptions = {}) {
    this.delSp = options.delSp ?? false
  }

  write(chunk: string): string {
    // The end of a line whose begin waits is looked for in the new chunk only, or many chunks would cost their square.
    let lf = chunk.indexOf('\n')
    if (lf === -1) {
      this.rest += chunk
      return ''
    }
    const text = this.rest + chunk
    lf += this.rest.length
    const out: string[] = []
    let at = 0
    for (; lf !== -1; lf = text.indexOf('\n', at)) {
      const end = lf > at && text.charCodeAt(lf - 1) === CR ? lf - 1 : lf
      this.takeLine(text.slice(at, end), text.slice(end, lf + 1), out)
      at = lf + 1
    }
    this.rest = text.slice(at)
    return out.join('')
  }

  end(): string {
    const out: string[] = []
    if (this.rest !== '') this.takeLine(this.rest, '', out)
    this.rest = ''
    this.open = false
    return out.join('')
  }

  private takeLine(line: string, lineEnd: string, out: string[]): void {
    let depth = 0
    while (line.charCodeAt(depth) === QUOTE) depth += 1
    let content = line.slice(depth)
    if (content.startsWith(' ')) content = content.slice(1)
    const signature = content === '-- '
    // A change of depth ends a paragraph whatever its last line said (§4.5).
    if (this.open && (depth !== this.depth || signature)) {
      out.push(this.pendingEnd)
      this.open = false
    }
    if (!this.open && depth > 0) out.push(`${'>'.repeat(depth)} `)
    const flows = content.endsWith(' ') && !signature
    out.push(flows && this.delSp ? content.slice(0, -1) : content)
    if (!flows) out.push(lineEnd)
    this.open = flows
    this.depth = depth
    this.pendingEnd = lineEnd
  }
  /** The line end that a flowed line had: it is needed after all when the paragraph ends there. */
  private pendingEnd = ''
}

/** The whole of {@link FlowedDecoder} for a text that is all there. */
export const unwrapFlowed = (text: string, options: FlowedOptions = {}): string => {
  const decoder = new FlowedDecoder(options)
  return decoder.write(text) + decoder.end()
}

const CR = 0x0d
const QUOTE = 0x3e
