import type { ListedMailbox } from './list-mailboxes.ts'

/** A level of names: a mailbox, or only the place of those below it. */
export interface MailboxNode {
  /** The whole name up to this level. */
  readonly name: string
  readonly label: string
  /** Null for a level that the server did not list. */
  readonly mailbox: ListedMailbox | null
  readonly children: readonly MailboxNode[]
}

interface Growing extends MailboxNode {
  mailbox: ListedMailbox | null
  readonly children: Growing[]
}

/** Puts mailboxes in a tree by the levels of their names, in the order in which they were listed. */
export const treeOf = (mailboxes: readonly ListedMailbox[]): MailboxNode[] => {
  const roots: Growing[] = []
  const byName = new Map<string, Growing>()
  for (const mailbox of mailboxes) {
    const { name, delimiter } = mailbox
    const levels = delimiter === null ? [name] : name.split(delimiter)
    let siblings = roots
    let path = ''
    for (const [depth, label] of levels.entries()) {
      path = depth === 0 ? label : path + delimiter + label
      const node = byName.get(path) ?? { name: path, label, mailbox: null, children: [] }
      if (!byName.has(path)) {
        byName.set(path, node)
        siblings.push(node)
      }
      if (path === name) node.mailbox = mailbox
      siblings = node.children
    }
  }
  return roots
}
