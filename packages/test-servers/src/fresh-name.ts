import { randomBytes } from 'node:crypto'

/** A user name of small letters and digits that nobody else comes by, not even another process with the same server. */
export const freshName = (): string => `u${randomBytes(6).toString('hex')}`
