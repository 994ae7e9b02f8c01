/** Header text: plain words, encoded words of RFC 2047 in five scripts, quoted specials, raw 8-bit bytes. */

const words =
  'invoice meeting report quarterly budget draft review please update schedule travel contract release notes summary question order shipped reminder agenda minutes proposal feedback server maintenance weekly planning holiday request'.split(
    ' ',
  )

const scripts = [
  'Überweisung für größere Aufträge',
  'Совещание по новому проекту',
  'Πρόγραμμα συνάντησης εργασίας',
  '会議の資料を送ります',
  'جدول الاجتماع القادم',
]

const names = 'Alice Bob Carol Dana Erik Fatima Giulia Hiroshi Ivan Jelena Klaus Lucía Mehmet Nadia Olga Pavel'.split(
  ' ',
)
const families = 'Smith Jones Müller Rossi Tanaka Petrov García Novák Yılmaz Haddad Okafor Nguyen'.split(' ')
const hosts = ['example.org', 'mail.example.com', 'lists.example.net', 'corp.example', 'sub.dept.example.edu']

const isAscii = (text) => /^[ -~]*$/.test(text)

/** Bytes of a header line are handed on as a latin1 string: one character is one byte. */
const utf8 = (text) => Buffer.from(text, 'utf8').toString('latin1')

const base64Word = (text) => `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`

const quotedWord = (bytes, charset) => {
  let word = ''
  for (const byte of bytes) {
    if (byte === 0x20) word += '_'
    else if (/[A-Za-z0-9]/.test(String.fromCharCode(byte))) word += String.fromCharCode(byte)
    else word += `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return `=?${charset}?Q?${word}?=`
}

/** Single-byte Cyrillic: А..я are C0..FF in windows-1251. */
const windows1251 = (text) =>
  Buffer.from([...text].map((c) => (c >= 'А' && c <= 'я' ? c.codePointAt(0) - 0x410 + 0xc0 : c.codePointAt(0) & 0x7f)))

const fixedWords = ['=?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQg==?=', '=?GB2312?B?xOO6ww==?=']

/** RFC 2047 §2: a word has at most 75 characters, so text is cut into several. */
const foldedWords = (text) => {
  const runs = []
  for (let at = 0, all = [...text]; at < all.length; at += 12) runs.push(base64Word(all.slice(at, at + 12).join('')))
  return runs.join('\n ')
}

/** @param {import('./prng.mjs').Prng} random @param {number} count */
export const plainText = (random, count) => {
  const chosen = []
  for (let i = 0; i < count; i++) chosen.push(random.pick(words))
  return chosen.join(' ')
}

/** @param {import('./prng.mjs').Prng} random @returns {string} the value of a Subject field, one character a byte */
export const subject = (random) => {
  const plain = plainText(random, 3 + random.below(8))
  switch (random.weighted(subjectKinds)) {
    case 'reply':
      return `Re: [list-${random.below(40)}] ${plain}`
    case 'base64':
      return base64Word([...random.pick(scripts)].slice(0, 14).join(''))
    case 'folded base64':
      return foldedWords(random.pick(scripts))
    case 'quoted':
      return `${plain} ${quotedWord(Buffer.from(random.pick(scripts).slice(0, 10), 'utf8'), 'utf-8')}`
    case 'latin1':
      return quotedWord(Buffer.from(scripts[0], 'latin1'), 'iso-8859-1')
    case 'cyrillic':
      return quotedWord(windows1251(scripts[1].slice(0, 18)), 'windows-1251')
    case 'asian':
      return `${random.pick(fixedWords)} ${plain}`
    case 'specials':
      return `about "${plain}" and C:\\temp`
    case 'many specials':
      return `"${plain}" or "${random.pick(words)}" or "${random.pick(words)}"`
    case 'raw utf-8':
      return utf8(random.pick(scripts))
    case 'raw latin1':
      return `Gr\u00fc\u00dfe ${plain}`
    default:
      return plain
  }
}

/** Dovecot sends as a literal what holds 8-bit bytes, quotes or backslashes, or was folded. */
const subjectKinds = [
  [48, 'plain'],
  [12, 'reply'],
  [8, 'base64'],
  [6, 'folded base64'],
  [5, 'quoted'],
  [3, 'latin1'],
  [3, 'cyrillic'],
  [2, 'asian'],
  [2, 'specials'],
  [2, 'many specials'],
  [6, 'raw utf-8'],
  [3, 'raw latin1'],
]

/** @param {import('./prng.mjs').Prng} random @returns {string} one address as it stands in a header field */
export const address = (random) => {
  const first = random.pick(names)
  const family = random.pick(families)
  const plain = first
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase()
  const mailbox = `${plain}.${random.below(5000)}@${random.pick(hosts)}`
  if (random.oneIn(6)) return mailbox
  const name = `${first} ${family}`
  if (!isAscii(name)) return random.oneIn(50) ? `"${utf8(name)}" <${mailbox}>` : `${base64Word(name)} <${mailbox}>`
  if (random.oneIn(90)) return `"${family}, ${first} \\"${random.pick(words)}\\"" <${mailbox}>`
  if (random.oneIn(30)) return `${name} <${mailbox}> (office)`
  return random.oneIn(3) ? `"${name}" <${mailbox}>` : `${name} <${mailbox}>`
}

/** @param {import('./prng.mjs').Prng} random @param {'name' | 'filename'} key @returns {string} a parameter with a file name */
export const fileParameter = (random, key) => {
  const base = `${random.pick(words)}-${random.below(1000)}`
  switch (random.below(6)) {
    case 0:
      return `${key}*=UTF-8''${encodeURIComponent(`${scripts[1].slice(0, 9)} ${base}`)}.pdf`
    case 1:
      return `${key}*0="${base}-${random.pick(words)}";\n ${key}*1="-${random.pick(words)}.pdf"`
    case 2:
      return `${key}*0*=UTF-8''${encodeURIComponent('Größe')};\n ${key}*1*=%20${base}.pdf`
    case 3:
      return `${key}="${base64Word(`${base} ü`)}"`
    case 4:
      return `${key}="${base} \\"final\\".pdf"`
    default:
      return `${key}="${base}.pdf"`
  }
}
