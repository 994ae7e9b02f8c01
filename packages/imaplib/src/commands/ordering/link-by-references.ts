import { adopt, type Container, container, isWithin, release, type Threadable } from './thread-node.ts'

/**
 * Steps 1 to 3 of REFERENCES (RFC 5256 §3): who answers whom, by Message-ID and References.
 *
 * @returns those without a parent: messages, and dummies with two children or more
 */
export const link = (messages: readonly Threadable[]): Container[] => {
  const byId = new Map<string, Container>()
  const named = (id: string): Container => {
    let node = byId.get(id)
    if (node === undefined) {
      node = container(null)
      byId.set(id, node)
    }
    return node
  }
  const placed = new Map<Threadable, Container>()
  // Messages by their IDs first. The second message with an ID that is taken has none (step 1).
  for (const message of messages) {
    const node = container(message)
    placed.set(message, node)
    if (message.messageId !== null && !byId.has(message.messageId)) byId.set(message.messageId, node)
  }
  for (const message of messages) {
    const node = placed.get(message) as Container
    // 1A: each reference is the parent of the next, unless that has one already or a loop would come of it.
    let parent: Container | null = null
    for (const id of message.references) {
      const reference = named(id)
      if (parent !== null && reference.parent === null && !isWithin(parent, reference)) adopt(parent, reference)
      parent = reference
    }
    // 1B: the last one is the parent of this message, whatever was thought before.
    release(node)
    if (parent !== null && !isWithin(parent, node)) adopt(parent, node)
  }
  return prune([...byId.values(), ...placed.values()])
}

/** Steps 2 and 3: dummies without children go; the children of others take their place, except at the root. */
const prune = (every: readonly Container[]): Container[] => {
  const nodes = new Set(every)
  const dummies = [...nodes].filter(({ message }) => message === null)
  // From the leaves up, so that what becomes empty is found empty.
  for (const dummy of byDepth(dummies)) {
    const { parent, children } = dummy
    if (parent === null && children.length > 1) continue
    nodes.delete(dummy)
    if (parent === null) {
      const [only] = children
      if (only !== undefined) release(only)
      continue
    }
    const place = parent.children.indexOf(dummy)
    for (const child of children) child.parent = parent
    parent.children.splice(place, 1, ...children)
  }
  return [...nodes].filter(({ parent }) => parent === null)
}

/** The deepest first. */
const byDepth = (nodes: readonly Container[]): Container[] => {
  const depths = new Map<Container, number>()
  const depthOf = (node: Container): number => {
    const path: Container[] = []
    let at: Container | null = node
    while (at !== null && !depths.has(at)) {
      path.push(at)
      at = at.parent
    }
    let depth = at === null ? -1 : (depths.get(at) as number)
    for (const each of path.reverse()) depths.set(each, (depth += 1))
    return depths.get(node) as number
  }
  return [...nodes].sort((a, b) => depthOf(b) - depthOf(a))
}
