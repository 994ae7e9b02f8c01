// A small IMAP server on standard input and output, for the tests of IMAP4_stream.
import { createInterface } from 'node:readline'

const [mode = 'ok'] = process.argv.slice(2)
const say = (line) => process.stdout.write(`${line}\r\n`)
if (mode === 'silent-exit') process.exit(0)
if (mode === 'fail') {
  process.stderr.write('imapd: no such mailbox store\n')
  process.exit(7)
}
say('* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello')
createInterface({ input: process.stdin }).on('line', (line) => {
  const [tag, name] = line.split(' ')
  if (name === 'LOGOUT') {
    say('* BYE bye')
    say(`${tag} OK done`)
    process.exit(0)
  } else if (name === 'LIST') {
    say('* LIST () "/" {3}\r\na b')
    say(`${tag} OK done`)
  } else if (name === 'IDLE') {
    say('+ go')
    say('* 1 EXISTS')
  } else if (line === 'DONE') say('A OK')
  else if (mode === 'die') process.kill(process.pid, 'SIGKILL')
  else say(`${tag} OK ${name} completed`)
})
