import fc from 'fast-check'

/** Mail whose order is hard to get right: answers, lists, missing and odd dates, names in several scripts. */
const subject = fc.constantFrom(
  '',
  'apple',
  'Apple',
  'Äpfel',
  'äpfel',
  'banana',
  'zebra',
  '=?utf-8?q?=C3=89t=C3=A9?=',
  'Σ',
)
const wrapped = fc
  .tuple(fc.array(fc.constantFrom('Re: ', '[list] ', 'Fwd: ', 're[3]: '), { maxLength: 3 }), subject, fc.boolean())
  .map(([before, middle, forwarded]) => `${before.join('')}${middle}${forwarded ? ' (fwd)' : ''}`)
const address = fc.constantFrom(
  'alice@example.org',
  '"Zoe Z" <bob@example.org>',
  '"adam a" <carol@b.example>',
  'BOB@a.example',
  '=?utf-8?q?=C3=84rger?= <d@example.org>',
)
const date = fc.constantFrom(
  'Date: Mon, 02 Feb 2026 10:00:00 +0000\n',
  'Date: Mon, 02 Feb 2026 10:00:00 +0200\n',
  'Date: Sun, 01 Feb 2026 23:00:00 -0500\n',
  'Date: Tue, 03 Feb 2026 10:00:00 +0000\n',
  '',
)
/** Messages with the day on which they arrive; the test sees to it that no two arrive at once. */
export const hardToOrder = fc
  .record({
    wrapped,
    from: address,
    to: fc.option(address),
    cc: fc.option(address),
    date,
    arrival: fc.integer({ min: 0, max: 5 }),
    id: fc.integer({ min: 1, max: 12 }),
    references: fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 3 }),
    body: fc.integer({ min: 0, max: 3 }),
  })
  .map((m) => ({
    arrival: m.arrival,
    text: [
      `From: ${m.from}\n`,
      m.to === null ? '' : `To: ${m.to}\n`,
      m.cc === null ? '' : `Cc: ${m.cc}\n`,
      m.date,
      `Subject: ${m.wrapped}\n`,
      `Message-ID: <m${m.id}@example.org>\n`,
      m.references.length === 0 ? '' : `References: ${m.references.map((n) => `<m${n}@example.org>`).join(' ')}\n`,
      '\n',
      'x'.repeat(m.body),
    ].join(''),
  }))
