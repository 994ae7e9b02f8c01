import { link } from './link-by-references.ts'
import { mergeBySubject } from './merge-by-subject.ts'
import { bySentDate, type Container, type Threadable } from './thread-node.ts'

/** REFERENCES (RFC 5256 §3): by Message-ID and References, and threads without a common root by their subject. */
export const threadByReferences = (messages: readonly Threadable[]): Container[] => {
  const roots = link(messages)
  // Step 4: a dummy counts by its first child.
  for (const { message, children } of roots) if (message === null) children.sort(bySent)
  roots.sort(bySent)
  const merged = mergeBySubject(roots)
  for (const siblings of setsOfSiblings(merged)) siblings.sort(bySent)
  return merged
}

/**
 * REFS: the same without subjects; threads in the order in which their latest message arrived.
 */
export const threadByReferencesAlone = (messages: readonly Threadable[]): Container[] => {
  const roots = link(messages)
  for (const siblings of setsOfSiblings(roots)) siblings.sort(bySent)
  const latest = new Map(roots.map((root) => [root, latestArrival(root)]))
  return roots.sort((a, b) => (latest.get(a) as number) - (latest.get(b) as number) || bySent(a, b))
}

/** The message that stands for a container: of a dummy, its first child. */
const face = ({ message, children }: Container): Threadable => message ?? (children[0]?.message as Threadable)

const bySent = (a: Container, b: Container): number => bySentDate(face(a), face(b))

/** Step 6: all sets of siblings, the deepest first, and the roots last. */
const setsOfSiblings = (roots: Container[]): Container[][] => {
  const sets = [roots]
  // Grows while it is walked: each level after the one above it.
  for (const siblings of sets) for (const { children } of siblings) if (children.length > 0) sets.push(children)
  return sets.reverse()
}

const latestArrival = (root: Container): number => {
  let latest = 0
  const work = [root]
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    latest = Math.max(latest, node.message?.arrived ?? 0)
    work.push(...node.children)
  }
  return latest
}
