import { rmSync } from 'node:fs'
import type { DovecotServer } from 'imap-test-servers'
import { clientOf, seed, type Seed } from '../client/seed.ts'

const attachment = Buffer.from('%PDF-1.4 not really, but who looks inside\n'.repeat(200)).toString('base64')
const picture = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('base64')

/** The mail that the examples find in INBOX: UIDs 1 to 5. */
const messages: readonly Seed[] = [
  {
    text: `From: Alice Example <alice@mail.example>
To: me@mail.example
Subject: Lunch on Friday?
Date: Mon, 05 Jan 2026 10:00:00 +0100
Message-ID: <lunch@mail.example>
Content-Type: text/plain; charset=utf-8

Shall we?
`,
    flags: ['\\Seen'],
    date: new Date('2026-01-05T09:00:00Z'),
  },
  {
    text: `From: Billing <billing@shop.example>
To: me@mail.example
Subject: =?utf-8?q?Invoice_4711_=E2=80=93_thank_you?=
Date: Tue, 06 Jan 2026 08:30:00 +0000
Message-ID: <4711@shop.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=cut

--cut
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe from the shop.
--cut
Content-Type: application/pdf; name="invoice-4711.pdf"
Content-Disposition: attachment; filename="invoice-4711.pdf"
Content-Transfer-Encoding: base64

${attachment.replaceAll(/(.{76})/g, '$1\n')}
--cut--
`,
    date: new Date('2026-01-06T08:30:00Z'),
  },
  {
    text: `From: News <news@list.example>
To: me@mail.example
Subject: Weekly news
Date: Wed, 07 Jan 2026 06:00:00 +0000
Message-ID: <news-1@list.example>
List-Id: Weekly news <weekly.list.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=alt

--alt
Content-Type: text/plain; charset=utf-8

Nothing new.
--alt
Content-Type: multipart/related; boundary=rel

--rel
Content-Type: text/html; charset=utf-8

<p>Nothing new. <img src="cid:logo@list.example"></p>
--rel
Content-Type: image/png
Content-ID: <logo@list.example>
Content-Disposition: inline
Content-Transfer-Encoding: base64

${picture}
--rel--
--alt--
`,
    date: new Date('2026-01-07T06:00:00Z'),
  },
  {
    text: `From: Alice Example <alice@mail.example>
To: me@mail.example
Subject: Re: Lunch on Friday?
Date: Wed, 07 Jan 2026 12:00:00 +0100
Message-ID: <lunch-2@mail.example>
In-Reply-To: <lunch@mail.example>
References: <lunch@mail.example>
Content-Type: text/plain; charset=utf-8

At noon, then.
`,
    flags: ['\\Flagged'],
    date: new Date('2026-01-07T11:00:00Z'),
  },
  {
    text: `From: Junk <junk@spam.example>
To: me@mail.example
Subject: You have won
Date: Thu, 08 Jan 2026 03:00:00 +0000
Message-ID: <won@spam.example>
Content-Type: text/plain

Really.
`,
    date: new Date('2026-01-08T03:00:00Z'),
  },
]

/** Gives the user `me` a new account: the messages above in INBOX, and the mailboxes Archive and Archive/2025, empty. */
export const refill = async (server: DovecotServer): Promise<void> => {
  rmSync(server.home('me'), { recursive: true, force: true })
  server.home('me')
  await using client = await clientOf(server, { user: 'me' })
  await client.create('Archive')
  await client.create('Archive/2025')
  for (const message of messages) await seed(client, [message])
}

/** Another message, for those who wait for one. */
export const deliver = async (server: DovecotServer): Promise<void> => {
  await using client = await clientOf(server, { user: 'me' })
  await seed(client, [{ text: 'From: Carol <carol@mail.example>\nSubject: News\n\nHere I am.\n' }])
}
