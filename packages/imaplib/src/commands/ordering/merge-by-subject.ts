import { adopt, type Container, container, type Threadable } from './thread-node.ts'

/**
 * Step 5 of REFERENCES (RFC 5256 §3): threads with the same base subject become one.
 *
 * @param roots in their order; dummies have their children sorted
 */
export const mergeBySubject = (roots: readonly Container[]): Container[] => {
  const table = subjectTable(roots)
  const merged: (Container | null)[] = [...roots]
  const places = new Map(roots.map((root, place) => [root, place]))
  const leave = (node: Container) => {
    const place = places.get(node)
    if (place !== undefined) merged[place] = null
  }
  for (const current of roots) {
    const subject = threadSubject(current).subject
    const chosen = table.get(subject)
    if (subject === '' || chosen === undefined || chosen === current) continue
    leave(current)
    if (chosen.message === null && current.message === null)
      for (let child = current.children[0]; child !== undefined; child = current.children[0]) adopt(chosen, child)
    else if (chosen.message === null || (current.message?.isReply === true && !chosen.message.isReply))
      adopt(chosen, current)
    else {
      const dummy = container(null)
      const place = places.get(chosen) as number
      merged[place] = dummy
      places.set(dummy, place)
      adopt(dummy, chosen)
      adopt(dummy, current)
      table.set(subject, dummy)
    }
  }
  return merged.filter((node) => node !== null)
}

/** 5B: for each subject the thread that others join. */
const subjectTable = (roots: readonly Container[]): Map<string, Container> => {
  const table = new Map<string, Container>()
  for (const current of roots) {
    const { subject } = threadSubject(current)
    if (subject === '') continue
    const chosen = table.get(subject)
    const better =
      chosen === undefined ||
      (chosen.message !== null && (current.message === null || (chosen.message.isReply && !current.message.isReply)))
    if (better) table.set(subject, current)
  }
  return table
}

/** Whose subject a thread has: its root's, or of a dummy the first child's. */
const threadSubject = ({ message, children }: Container): Threadable => message ?? (children[0]?.message as Threadable)
