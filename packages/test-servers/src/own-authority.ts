import { type Authority, createAuthority } from './certificates.ts'
import { createGuardedFolder } from './guarded-folder.ts'

let authority: Promise<Authority> | undefined

/** The certificate authority that all scripted servers of this process share; made at first use, gone with the process. */
export const ownAuthority = (): Promise<Authority> => (authority ??= createAuthority(createGuardedFolder().path))
