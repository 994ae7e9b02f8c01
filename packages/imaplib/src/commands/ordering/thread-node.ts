import type { ThreadNode } from '../../responses/thread.ts'

/** A message in the making of threads; a dummy stands for one that is not in the mailbox (RFC 5256 §3). */
export interface Container {
  /** Null: a dummy. */
  readonly message: Threadable | null
  parent: Container | null
  readonly children: Container[]
}

/** What of a message decides where it stands. */
export interface Threadable {
  readonly uid: number
  /** ms since 1970 */
  readonly sent: number
  /** INTERNALDATE, ms since 1970 */
  readonly arrived: number
  /** Key of the base subject; empty when there is none. */
  readonly subject: string
  readonly isReply: boolean
  /** Without brackets and needless quotes; null when it has none that is valid. */
  readonly messageId: string | null
  /** Message-IDs of those it answers, the oldest first. */
  readonly references: readonly string[]
}

export const container = (message: Threadable | null): Container => ({ message, parent: null, children: [] })

/** Makes `child` a child of `parent`, which takes it from where it was. */
export const adopt = (parent: Container, child: Container): void => {
  release(child)
  child.parent = parent
  parent.children.push(child)
}

/** Takes it out of its parent's children. */
export const release = (child: Container): void => {
  const siblings = child.parent?.children
  if (siblings !== undefined) siblings.splice(siblings.indexOf(child), 1)
  child.parent = null
}

/** Whether `node` is `ancestor` or below it. */
export const isWithin = (node: Container, ancestor: Container): boolean => {
  for (let at: Container | null = node; at !== null; at = at.parent) if (at === ancestor) return true
  return false
}

/** By sent date, then by place in the mailbox. */
export const bySentDate = (a: Threadable, b: Threadable): number => a.sent - b.sent || a.uid - b.uid

/** The threads as a server would send them; without recursion, since a thread may be thousands of messages deep. */
export const asThreads = (containers: readonly Container[]): ThreadNode[] => {
  const result: ThreadNode[] = []
  const work: { from: readonly Container[]; to: ThreadNode[] }[] = [{ from: containers, to: result }]
  for (let next = work.pop(); next !== undefined; next = work.pop())
    for (const { message, children } of next.from) {
      const replies: ThreadNode[] = []
      next.to.push({ message: message?.uid ?? null, replies })
      if (children.length > 0) work.push({ from: children, to: replies })
    }
  return result
}
