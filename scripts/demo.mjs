// Shows the library at work, with nothing at hand but this repository: `npm run demo`.
// Starts a Dovecot of its own in a temporary folder, walks through IMAP on it with Python's names in three ways and with the
// typed client, and removes everything.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build, setup } from './setup.mjs'

const selfTest = fileURLToPath(new URL('../packages/imaplib/dist/imaplib/selftest-main.js', import.meta.url))

/** Runs the self-test with these arguments; resolves with its exit status. */
const run = (title, args, environment = {}) =>
  new Promise((resolve, reject) => {
    console.log(`\n=== ${title}\n$ imaplib-selftest ${args.map(shellWord).join(' ')}\n`)
    const child = spawn(process.execPath, [selfTest, ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment },
    })
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? `ended by ${signal}`))
  })

const shellWord = (word) => (/^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

const demo = async () => {
  if (!build('packages/imaplib')) throw new Error('packages/imaplib does not build')
  await setup()
  const { startDovecot } = await import('imap-test-servers')
  console.log('Starting a Dovecot …')
  const server = await startDovecot()
  try {
    return await tour(server)
  } finally {
    await server.stop()
  }
}

/** Both tours; true when all of them worked. */
const tour = async (server) => {
  console.log(`${server.name} listens on ${server.host}:${server.port} (TLS: ${server.tlsPort})`)
  const password = { IMAPLIB_PASSWORD: server.password }
  const reached = (user) => ['-u', user, '--ca-file', server.caFile]
  const outcomes = new Map()
  outcomes.set(
    "a child process's standard input and output (IMAP4_stream, PREAUTH)",
    await run('IMAP4_stream: the server is a child process', ['-s', server.preauthShellCommand(server.user())]),
  )
  outcomes.set(
    'TCP, then STARTTLS (IMAP4)',
    await run(
      'IMAP4: over TCP, and STARTTLS before the login',
      [...reached(server.user()), '--starttls', server.host, String(server.port)],
      password,
    ),
  )
  outcomes.set(
    'TLS (IMAP4_SSL)',
    await run(
      'IMAP4_SSL: TLS from the first byte',
      [...reached(server.user()), '--tls', server.host, String(server.tlsPort)],
      password,
    ),
  )
  console.log('\n=== ImapClient: the typed client\n')
  outcomes.set('the typed client (ImapClient)', await clientOutcome(server))
  console.log('\n=== Summary\n')
  for (const [way, status] of outcomes) console.log(`${status === 0 ? 'ok    ' : `FAILED (${status})`} ${way}`)
  return [...outcomes.values()].every((status) => status === 0)
}

/** 0 when the tour of the client went well. */
const clientOutcome = async (server) => {
  // It can only be loaded when everything is built.
  const { clientTour } = await import('./demo-client.mjs')
  try {
    await clientTour(server)
    return 0
  } catch (error) {
    console.error(`\n${error.stack ?? error}`)
    return 1
  }
}

try {
  const good = await demo()
  console.log(`\n${good ? 'Everything worked' : 'Something failed'}. The server and its folder are gone.`)
  process.exitCode = good ? 0 : 1
} catch (error) {
  console.error(`demo: ${error.message}`)
  process.exitCode = 1
}
