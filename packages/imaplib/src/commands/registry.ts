/** One line for each extension whose methods stand on the client: `client.acl.get(…)`. */
export const clientExtensions = {} as const

/** One line for each extension whose methods stand on a mailbox handle: `inbox.sort(…)`. */
export const mailboxExtensions = {} as const
