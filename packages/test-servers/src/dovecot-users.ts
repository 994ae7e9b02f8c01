import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, giveTo } from './account.ts'

/** The password of every user of every test server. */
export const password = 'secret'

/**
 * The users of a Dovecot: a passwd-file for each, so that users come while it runs. (A file with all of them is read anew only when more
 * than a second has passed since the last login.)
 */
export interface DovecotUsers {
  /** Where the passwd-files are, each under its user's name. */
  readonly folder: string
  /** Adds a user; `fields` are extra fields of the passwd-file. */
  readonly add: (name: string, fields?: string) => void
  /** The home of a user, made if need be. */
  readonly home: (name: string) => string
}

/** Lays out `users/` and `mail/` in `folder`. */
export const createDovecotUsers = (folder: string, account: Account): DovecotUsers => {
  const [files, homes] = [join(folder, 'users'), join(folder, 'mail')]
  for (const path of [files, homes]) {
    mkdirSync(path)
    giveTo(account, path)
  }
  const fileOf = (name: string): string => {
    if (!/^[a-z0-9]+$/.test(name)) throw new RangeError(`not a name for a test user: ${JSON.stringify(name)}`)
    return join(files, name)
  }
  return {
    folder: files,
    add: (name, fields = '') => {
      const entry = `${name}:{PLAIN}${password}:${account.uid}:${account.gid}::${join(homes, name)}::${fields}\n`
      writeFileSync(fileOf(name), entry)
    },
    home: (name) => {
      if (!existsSync(fileOf(name))) throw new RangeError(`no such test user: ${name}`)
      const home = join(homes, name)
      mkdirSync(home, { recursive: true, mode: 0o700 })
      giveTo(account, home)
      return home
    },
  }
}
