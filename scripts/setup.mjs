// Builds what is needed, and sees to the Debian packages that tests and demo need: `npm run setup`. Quick when all is there.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

/** The real servers' packages, and openssl for certificates. */
export const packages = ['dovecot-core', 'dovecot-imapd', 'openssl']

/** Builds all packages, or the projects named. Says whether it went well. */
export const build = (...projects) =>
  spawnSync(process.execPath, [tsc, '-b', ...projects], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    .status === 0

/** Installs the packages that are missing. Throws where that is not possible, with what to type. */
export const setup = async () => {
  if (!build('packages/test-servers')) throw new Error('packages/test-servers does not build')
  const { ensurePackages, serverAccount } = await import('imap-test-servers')
  await ensurePackages(packages)
  return serverAccount()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const account = await setup()
    console.log(`setup: ${packages.join(', ')} are installed; test servers run as ${account.name}`)
  } catch (error) {
    console.error(`setup: ${error.message}`)
    process.exitCode = 1
  }
}
