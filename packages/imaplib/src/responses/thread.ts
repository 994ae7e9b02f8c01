import type { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

/** `* THREAD (2)(3 6 (4 23)(44 7 96))` (RFC 5256 §4). */
export interface ThreadResponse {
  readonly type: 'THREAD'
  readonly threads: readonly ThreadNode[]
}

/** A message with those that answer it. */
export interface ThreadNode {
  /** UID after UID THREAD, else sequence number. Null stands for a message that is not in the mailbox. */
  readonly message: number | null
  readonly replies: readonly ThreadNode[]
}

interface GrowingNode {
  readonly message: number | null
  readonly replies: GrowingNode[]
}

/** Deeper nodes are put beside each other, so that whoever walks the tree by recursion does not overflow. */
export const MAX_THREAD_DEPTH = 500

const OPEN = 0x28
const CLOSE = 0x29

export const parseThread = (scan: Scanner, context: ParseContext): ThreadResponse => {
  const threads: GrowingNode[] = []
  /** From the root to the node under which the next one goes. */
  const path: GrowingNode[] = []
  /** For each open parenthesis: how long the path was before it. */
  const opened: number[] = []
  const add = (message: number | null): void => {
    const node = { message, replies: [] }
    if (path.length >= MAX_THREAD_DEPTH) path.length = MAX_THREAD_DEPTH - 1
    const parent = path.at(-1)
    if (parent === undefined) threads.push(node)
    else parent.replies.push(node)
    path.push(node)
  }
  for (scan.skipSpaces(); !scan.atEnd; scan.skipSpaces()) {
    const byte = scan.peek()
    if (byte === OPEN) {
      scan.pos += 1
      opened.push(path.length)
      // `((3)(5))`: siblings whose parent is missing (RFC 5256 §4).
      if (startsNested(scan)) add(null)
    } else if (byte === CLOSE) {
      scan.pos += 1
      const length = opened.pop()
      if (length === undefined) context.repaired('surplus')
      else path.length = Math.min(length, path.length)
    } else {
      if (opened.length === 0) return scan.fail('"("')
      add(scan.number())
    }
  }
  if (opened.length > 0) context.repaired('list-unclosed')
  return { type: 'THREAD', threads }
}

const startsNested = (scan: Scanner): boolean => {
  scan.skipSpaces()
  return scan.peek() === OPEN
}
