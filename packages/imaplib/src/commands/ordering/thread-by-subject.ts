import { adopt, bySentDate, type Container, container, type Threadable } from './thread-node.ts'

/**
 * ORDEREDSUBJECT (RFC 5256 §3): messages of one base subject are a thread, the first one sent its root and all others
 * its children. Threads are in the order in which they began.
 */
export const threadBySubject = (messages: readonly Threadable[]): Container[] => {
  const threads = new Map<string, Container>()
  for (const message of [...messages].sort(bySentDate)) {
    const root = threads.get(message.subject)
    const node = container(message)
    if (root === undefined) threads.set(message.subject, node)
    else adopt(root, node)
  }
  return [...threads.values()]
}
