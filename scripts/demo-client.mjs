// The second tour of `npm run demo`: the typed client at work, step by step, each with what it is called and what came of it.
import { ImapClient } from 'imaplib'

const message = [
  'From: Shop <billing@shop.example>',
  'To: me@mail.example',
  'Subject: =?utf-8?q?Invoice_4711_=E2=80=93_thank_you?=',
  'Date: Tue, 06 Jan 2026 08:30:00 +0000',
  'Message-ID: <4711@shop.example>',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=cut',
  '',
  '--cut',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Viele Gr=FC=DFe aus dem Laden.',
  '--cut',
  'Content-Type: text/csv; charset=utf-8; name="items.csv"',
  'Content-Disposition: attachment; filename="items.csv"',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('item,price\nbread,3.20\ncheese,7.50\n').toString('base64'),
  '--cut--',
  '',
].join('\n')

/** Says what is done, does it, and says what came of it. */
const step = async (what, action) => {
  console.log(`\n${what}`)
  const outcome = await action()
  for (const line of [outcome].flat()) if (line !== undefined) console.log(`    ${line}`)
}

/** Fails the tour when the server did something else than the tour says. */
const expect = (what, condition) => {
  if (!condition) throw new Error(`expected ${what}`)
}

/**
 * @param server a running server of imap-test-servers
 * @returns when all went well; rejects otherwise
 */
export const clientTour = async (server) => {
  const options = {
    host: server.host,
    port: server.tlsPort,
    tls: { ca: server.ca },
    auth: { user: server.user(), password: server.password },
  }
  const client = await ImapClient.connect(options)
  try {
    await tour(client, options)
  } finally {
    await client.close()
  }
}

const tour = async (client, options) => {
  console.log(`Connected to ${options.host}:${options.port} by TLS, logged in as ${options.auth.user}`)
  console.log(`    the server offers ${client.capabilities.size} capabilities`)

  await step('The mailboxes, and what they are for: client.list()', async () => {
    const mailboxes = await client.list({ status: ['messages'] })
    expect(
      'an inbox',
      mailboxes.some(({ role }) => role === 'inbox'),
    )
    return mailboxes.map(
      ({ name, role, status }) => `${name.padEnd(16)} ${(role ?? '-').padEnd(8)} ${status?.messages ?? ''}`,
    )
  })

  await step('Three messages put into the inbox: client.appendAll()', async () => {
    const places = await client.appendAll('INBOX', [
      { message: 'From: alice@mail.example\nSubject: Lunch on Friday?\n\nShall we?\n', flags: ['\\Seen'] },
      { message, date: new Date('2026-01-06T08:30:00Z') },
      { message: 'From: junk@spam.example\nSubject: You have won\n\nReally.\n' },
    ])
    return places.map((place) => `UID ${place?.uid}`)
  })

  const inbox = await client.open('INBOX')
  let unseen
  await step("Those that are unseen, since 2026: inbox.search({ unseen: true, since: '2026-01-01' })", async () => {
    unseen = await inbox.search({ unseen: true, since: '2026-01-01' })
    expect('two messages', unseen.size === 2)
    return `UIDs ${unseen}`
  })

  await step('Read them: inbox.fetch(uids, { envelope: true, size: true, bodyStructure: true })', async () => {
    const lines = []
    for await (const { uid, envelope, size, bodyStructure } of inbox.fetch(unseen, {
      envelope: true,
      size: true,
      bodyStructure: true,
    }))
      lines.push(
        `${uid}: ${envelope.from[0]?.address}: ${envelope.subject} (${size} octets, ${bodyStructure.mediaType})`,
      )
    return lines
  })

  await step('Text and attachment of the invoice: inbox.download(uid, part)', async () => {
    const [uid] = await inbox.search({ subject: 'Invoice' })
    const found = await inbox.fetchOne(uid, { bodyStructure: true })
    const text = await inbox.download(uid, '1').text()
    expect('the text decoded', text.includes('Viele Grüße'))
    const [attachment] = found.bodyStructure.attachments()
    const csv = (await inbox.download(uid, attachment).bytes()).toString()
    expect('the attachment decoded', csv.includes('cheese,7.50'))
    return [
      text.trim(),
      `${attachment.fileName}:`,
      ...csv
        .trim()
        .split('\n')
        .map((line) => `  ${line}`),
    ]
  })

  await step('Watch, while another client writes: inbox.watch()', () => watched(inbox, options))

  await step("Move to the archive: inbox.move(uids, 'Bills')", async () => {
    await client.create('Bills')
    const [uid] = await inbox.search({ subject: 'Invoice' })
    const moved = await inbox.move(uid, 'Bills')
    expect('one message there', (await client.status('Bills', ['messages'])).messages === 1)
    return `UID ${uid} is UID ${moved?.uids.get(uid)} of Bills now`
  })

  await step('Delete for good, and nothing else: inbox.deleteForever(uids)', async () => {
    await inbox.deleteForever(await inbox.search({ from: 'spam.example' }))
    const left = await inbox.fetchAll('1:*', { envelope: true })
    expect('one message left', left.length === 1)
    return left.map(({ uid, envelope }) => `${uid}: ${envelope.subject}`)
  })

  await inbox.close()
  const { commands, bytesSent, bytesReceived, connections } = client.counters
  console.log(`\n${commands} commands, ${bytesSent} bytes sent, ${bytesReceived} received, ${connections} connections`)
}

/** What the watch tells of a message that another client appends, marks and removes. */
const watched = async (inbox, options) => {
  const other = await ImapClient.connect(options)
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), 60_000)
  const lines = []
  try {
    const place = await other.append('INBOX', 'From: carol@mail.example\nSubject: News\n\nHere I am.\n')
    const theirs = await other.open('INBOX')
    for await (const event of inbox.watch({ signal: stop.signal })) {
      if (event.type === 'arrived' && event.uids.has(place.uid)) {
        lines.push(`arrived: UID ${place.uid}`)
        await theirs.store(place.uid, { add: ['\\Flagged'] })
      } else if (event.type === 'flags' && event.flags.has('\\Flagged')) {
        lines.push(`flags of ${event.uid}: ${[...event.flags].join(' ')}`)
        await theirs.deleteForever(place.uid)
      } else if (event.type === 'expunged' && event.uids.has(place.uid)) {
        lines.push(`gone: UID ${place.uid}`)
        break
      }
    }
  } finally {
    clearTimeout(timer)
    await other.close()
  }
  expect('three events', lines.length === 3)
  return lines
}
