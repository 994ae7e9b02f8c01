import { renameSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, giveTo } from './account.ts'

/** The password of every user of every test server. */
export const password = 'secret'

/** The users of a Dovecot: a passwd-file, which Dovecot reads anew whenever it has changed, so that users come while it runs. */
export interface DovecotUsers {
  readonly file: string
  /** Adds a user; `fields` are extra fields of the passwd-file. */
  readonly add: (name: string, fields?: string) => void
  /** The home of a user, made if need be. */
  readonly home: (name: string) => string
  readonly has: (name: string) => boolean
}

export const createDovecotUsers = (folder: string, account: Account): DovecotUsers => {
  const file = join(folder, 'users')
  const entries = new Map<string, string>()
  const homes = join(folder, 'mail')
  mkdirSync(homes)
  giveTo(account, homes)
  return {
    file,
    has: (name) => entries.has(name),
    add: (name, fields = '') => {
      if (!/^[a-z0-9]+$/.test(name)) throw new RangeError(`not a name for a test user: ${JSON.stringify(name)}`)
      const home = join(homes, name)
      entries.set(name, `${name}:{PLAIN}${password}:${account.uid}:${account.gid}::${home}::${fields}\n`)
      // Renamed into place, so that no login ever sees half a file.
      writeFileSync(`${file}.new`, [...entries.values()].join(''), { mode: 0o600 })
      giveTo(account, `${file}.new`)
      renameSync(`${file}.new`, file)
    },
    home: (name) => {
      if (!entries.has(name)) throw new RangeError(`no such test user: ${name}`)
      const home = join(homes, name)
      mkdirSync(home, { recursive: true, mode: 0o700 })
      giveTo(account, home)
      return home
    },
  }
}
