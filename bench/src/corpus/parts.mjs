import { fileParameter, plainText } from './words.mjs'

/**
 * A body and what a reader of its BODYSTRUCTURE must count in it.
 * @typedef {{ text: string, leaves: number }} Part
 */

/** @param {import('./prng.mjs').Prng} random @param {number} size */
const lines = (random, size) => {
  let text = ''
  while (text.length < size) text += `${plainText(random, 9)}\n`
  return text
}

const base64Lines = (random, size) => {
  let text = ''
  while (text.length < size) {
    const row = []
    for (let i = 0; i < 57; i += 4) row.push(random.below(0x100000000))
    text += `${Buffer.from(Uint32Array.from(row).buffer).subarray(0, 57).toString('base64')}\n`
  }
  return text
}

/** @param {import('./prng.mjs').Prng} random @returns {Part} */
const plain = (random) => {
  const [charset, encoding] = random.pick([
    ['us-ascii', '7bit'],
    ['utf-8', '8bit'],
    ['utf-8', 'quoted-printable'],
    ['iso-8859-1', 'quoted-printable'],
  ])
  const flowed = random.oneIn(5) ? '; format=flowed; delsp=no' : ''
  const type = `Content-Type: text/plain; charset=${charset}${flowed}`
  return {
    text: `${type}\nContent-Transfer-Encoding: ${encoding}\n\n${lines(random, 60 + random.below(700))}`,
    leaves: 1,
  }
}

const html = (random) => ({
  text: `Content-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n\n<p>${lines(random, 300)}</p>\n`,
  leaves: 1,
})

const attachment = (random) => {
  const type = random.pick(['application/pdf', 'image/png', 'application/octet-stream', 'application/vnd.ms-excel'])
  const size = 200 + random.below(1500)
  const description = random.oneIn(4) ? `Content-Description: ${plainText(random, 3)}\n` : ''
  const id = random.oneIn(3) ? `Content-ID: <part${random.below(1e6)}@example.org>\n` : ''
  const language = random.oneIn(12) ? 'Content-Language: en, de\n' : ''
  const location = random.oneIn(15) ? 'Content-Location: files/report.pdf\n' : ''
  const head = `Content-Type: ${type};\n ${fileParameter(random, 'name')}\nContent-Transfer-Encoding: base64\n`
  const disposition = `Content-Disposition: attachment;\n ${fileParameter(random, 'filename')};\n size=${size}\n`
  return {
    text: `${head}${id}${description}${language}${location}${disposition}\n${base64Lines(random, size)}`,
    leaves: 1,
  }
}

const multipart = (random, subtype, children, parameters = '') => {
  const boundary = `----=_${subtype}_${random.below(1000)}_${random.below(0x40000000)}.${random.below(0x40000000).toString(36)}`
  let text = `Content-Type: multipart/${subtype}; boundary="${boundary}"${parameters}\n\n`
  let leaves = 0
  for (const child of children) {
    text += `--${boundary}\n${child.text}\n`
    leaves += child.leaves
  }
  return { text: `${text}--${boundary}--\n`, leaves }
}

const alternative = (random) => multipart(random, 'alternative', [plain(random), html(random)])

const related = (random) => multipart(random, 'related', [alternative(random), attachment(random)])

const signature = (random) => ({
  text: `Content-Type: application/pgp-signature; name="signature.asc"\nContent-Description: OpenPGP digital signature\n\n${base64Lines(random, 200)}`,
  leaves: 1,
})

const report = (random) =>
  multipart(
    random,
    'report',
    [
      plain(random),
      {
        text: 'Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\nAction: failed\nStatus: 5.1.1\n',
        leaves: 1,
      },
    ],
    '; report-type=delivery-status',
  )

/** The enclosed message is one of the tree's inner nodes: its own parts are the leaves. */
const enclosed = (random) => {
  const inner = random.oneIn(2) ? alternative(random) : plain(random)
  const head = `From: inner.${random.below(900)}@example.org\nTo: other@example.org\nSubject: ${plainText(random, 4)}\nDate: Mon, 5 Jan 2026 10:00:00 +0000\nMIME-Version: 1.0\n`
  return {
    text: `Content-Type: message/rfc822\nContent-Disposition: inline\n\n${head}${inner.text}`,
    leaves: inner.leaves,
  }
}

const kinds = [
  [34, 'plain'],
  [26, 'alternative'],
  [18, 'attachments'],
  [7, 'related'],
  [3, 'four levels'],
  [4, 'enclosed'],
  [4, 'signed'],
  [2, 'report'],
  [2, 'calendar'],
]

/** @param {import('./prng.mjs').Prng} random @returns {Part} */
export const body = (random) => {
  switch (random.weighted(kinds)) {
    case 'alternative':
      return alternative(random)
    case 'attachments': {
      const files = []
      for (let i = 1 + random.below(3); i > 0; i--) files.push(attachment(random))
      return multipart(random, 'mixed', [plain(random), ...files])
    }
    case 'related':
      return multipart(random, 'mixed', [related(random), attachment(random)])
    case 'four levels':
      return multipart(random, 'mixed', [
        multipart(random, 'mixed', [related(random), plain(random)]),
        attachment(random),
      ])
    case 'enclosed':
      return multipart(random, 'mixed', [plain(random), enclosed(random)])
    case 'signed':
      return multipart(
        random,
        'signed',
        [plain(random), signature(random)],
        '; micalg=pgp-sha512; protocol="application/pgp-signature"',
      )
    case 'report':
      return report(random)
    case 'calendar':
      return multipart(random, 'alternative', [
        plain(random),
        {
          text: 'Content-Type: text/calendar; charset="utf-8"; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n',
          leaves: 1,
        },
      ])
    default:
      return plain(random)
  }
}
