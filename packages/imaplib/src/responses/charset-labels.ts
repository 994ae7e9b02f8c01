/**
 * The name under which a charset is decoded, by the labels found in mail. Labels that the WHATWG list has are not
 * repeated here: `undefined` from {@link canonicalCharset}'s table means "as labelled".
 */
const aliases: ReadonlyMap<string, string> = new Map([
  ...named('utf-8', 'utf8', 'utf_8', 'utf-8n', 'utf8mb4', 'unicode-1-1-utf-8', 'unicode20utf8', 'cp65001', 'csutf8'),
  ...named('us-ascii', 'ascii', 'us', 'ansi_x3.4-1968', 'ansi_x3.4-1986', 'iso-ir-6', 'iso646-us', 'iso_646.irv:1991'),
  ...named('us-ascii', '646', 'cp367', 'ibm367', 'csascii', '7bit', 'x-unknown-7bit', 'ansi_x3.110-1983'),
  ...named('iso-8859-1', 'latin1', 'latin-1', 'l1', 'iso8859-1', 'iso88591', 'iso_8859-1', 'iso_8859-1:1987', 'cp819'),
  ...named('iso-8859-1', 'iso-ir-100', 'ibm819', 'csisolatin1', 'iso-8859-1-i', 'iso 8859-1', '8859_1', 'iso-latin-1'),
  ...named('windows-1252', 'ansi', 'ms-ansi', 'x-ansi', 'cp-1252', 'win-1252', 'win1252', '1252', 'cswindows1252'),
  ...named('windows-1250', 'cp-1250', 'win-1250', 'win1250', '1250', 'ms-ee'),
  ...named('windows-1251', 'cp-1251', 'win-1251', 'win1251', '1251', 'ms-cyrl', 'windows-cyrillic'),
  ...named('windows-1253', 'win1253', '1253', 'ms-greek'),
  ...named('windows-1254', 'win1254', '1254', 'ms-turk'),
  ...named('windows-1255', 'win1255', '1255', 'ms-hebr'),
  ...named('windows-1256', 'win1256', '1256', 'ms-arab'),
  ...named('windows-1257', 'win1257', '1257', 'winbaltrim'),
  ...named('windows-1258', 'win1258', '1258'),
  ...named('windows-874', 'cp874', 'ms874', 'ibm874', 'x-windows-874', 'tis620', 'tis620.2533', 'tis-620-2533'),
  ...named('iso-8859-15', 'latin9', 'latin-9', 'latin0', 'iso8859_15', 'cp923', 'ibm923'),
  ...named('iso-8859-16', 'latin10', 'l10', 'iso8859-16', 'iso_8859-16:2001', 'iso-ir-226'),
  ...named('koi8-r', 'koi8r', 'koi-8-r', 'cp878'),
  ...named('koi8-u', 'koi8u', 'cp1168'),
  ...named(
    'shift_jis',
    'cp932',
    'ms932',
    'ms-kanji',
    'windows-932',
    'win-31j',
    'cp943',
    'cp943c',
    'ibm-943',
    'shiftjis',
  ),
  ...named('shift_jis', 'x-ms-cp932', 'cswindows31j', 'shift_jis-2004', 'shift_jisx0213', 'sjis-win', 'ms_932'),
  ...named(
    'euc-jp',
    'eucjp',
    'euc_jp',
    'ujis',
    'eucjp-ms',
    'eucjp-win',
    'cp51932',
    'extended_unix_code_packed_format_for_japanese',
  ),
  ...named('iso-2022-jp', 'jis', 'iso2022jp', 'iso-2022-jp-1', 'iso-2022-jp-2', 'iso-2022-jp-3', 'iso-2022-jp-2004'),
  ...named('iso-2022-jp', 'iso-2022-jp-ms', 'cp50220', 'cp50221', 'cp50222', 'csiso2022jp2', 'csjisencoding'),
  ...named('gb18030', 'gbk', 'gb2312', 'gb_2312', 'gb_2312-80', 'gb2312-80', 'gb-2312', 'x-gbk', 'chinese', 'euc-cn'),
  ...named('gb18030', 'euccn', 'cp936', 'ms936', 'windows-936', 'csgb2312', 'csiso58gb231280', 'iso-ir-58', 'cp54936'),
  ...named('gb18030', 'gb18030-2000', 'gb18030-2022', 'csgb18030', 'gb_18030', 'x-mswin-936', 'hanzi', 'cp1386'),
  ...named(
    'big5',
    'cp950',
    'ms950',
    'windows-950',
    'big-5',
    'big5-eten',
    'x-mswin-950',
    'big5hkscs',
    'cp951',
    'x-big5',
  ),
  ...named(
    'euc-kr',
    'cp949',
    'ms949',
    'uhc',
    'ks_c_5601',
    'ks-c-5601-1987',
    'ksc5601-1987',
    'euckr',
    'euc_kr',
    'cp1363',
  ),
  ...named('euc-kr', 'ksx1001', 'ks_x_1001', 'x-windows-949', 'ms-korean', 'ks_c_5601_1987', 'ksc_5601-1987'),
  ...named('iso-2022-kr', 'csiso2022kr', 'iso2022kr', 'cp50225'),
  ...named('hz-gb-2312', 'hz', 'hzgb2312', 'hz-gb2312', 'cp52936'),
  ...named('iso-8859-8', 'iso-8859-8-e', 'visual'),
  ...named('iso-8859-8-i', 'iso_8859-8-i', 'logical', 'csiso88598i'),
  ...named('iso-8859-6', 'iso_8859-6-i', 'iso_8859-6-e'),
  ...named(
    'utf-7',
    'utf7',
    'unicode-1-1-utf-7',
    'csunicode11utf7',
    'x-unicode-2-0-utf-7',
    'cp65000',
    'unicode-2-0-utf-7',
  ),
  ...named('utf-16', 'utf16', 'utf_16', 'csutf16', 'unicode', 'ucs-2', 'ucs2', 'iso-10646-ucs-2', 'csunicode'),
  ...named('utf-16le', 'utf16le', 'utf_16le', 'unicodefeff', 'ucs-2le', 'cp1200', 'csutf16le', 'unicodelittle'),
  ...named('utf-16be', 'utf16be', 'utf_16be', 'unicodefffe', 'ucs-2be', 'cp1201', 'csutf16be', 'unicodebig'),
  ...named('utf-32', 'utf32', 'utf_32', 'ucs-4', 'iso-10646-ucs-4', 'csutf32', 'csucs4'),
  ...named('utf-32le', 'utf32le', 'ucs-4le', 'cp12000', 'csutf32le'),
  ...named('utf-32be', 'utf32be', 'ucs-4be', 'cp12001', 'csutf32be'),
  ...named('macintosh', 'x-mac-western', 'macroman', 'mac-roman', 'applemac', 'cp10000'),
  ...named('x-mac-cyrillic', 'maccyrillic', 'mac-cyrillic', 'cp10007'),
  ...named('x-mac-ce', 'x-mac-centraleurroman', 'maccentraleurope', 'mac-latin2', 'maclatin2', 'cp10029'),
  ...named('x-mac-greek', 'macgreek', 'mac-greek', 'cp10006'),
  ...named('x-mac-turkish', 'macturkish', 'mac-turkish', 'cp10081'),
  ...named('ibm866', 'dos-866', 'cp-866'),
  ...dosPages(437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 869),
  ...named('ibm858', 'ibm00858', 'ccsid00858', 'cp00858', 'pc-multilingual-850+euro'),
])

function* named(name: string, ...labels: string[]): Generator<[string, string]> {
  for (const label of labels) yield [label, name]
}

function* dosPages(...pages: number[]): Generator<[string, string]> {
  for (const page of pages)
    yield* named(`ibm${page}`, `cp${page}`, `cp-${page}`, `${page}`, `dos-${page}`, `cspc${page}`, `x-cp${page}`)
}

/**
 * Lower case, without surrounding quotes and blanks and without RFC 2231's `*language`, and under one name for all its
 * aliases. Nothing is promised about the name being known.
 */
export const canonicalCharset = (label: string): string => {
  // Mail comes in runs of one charset.
  if (label === latestLabel) return latestName
  latestName = lookUp(label)
  latestLabel = label
  return latestName
}

let latestLabel = ''
let latestName = ''

const lookUp = (label: string): string => {
  let name = label.length > MAX_LABEL ? label.slice(0, MAX_LABEL) : label
  const star = name.indexOf('*')
  if (star !== -1) name = name.slice(0, star)
  name = name.trim().toLowerCase()
  if (name.startsWith('"') || name.startsWith("'")) name = name.slice(1)
  if (name.endsWith('"') || name.endsWith("'")) name = name.slice(0, -1)
  return aliases.get(name) ?? name
}

/** The longest label registered with IANA has 45 characters. */
const MAX_LABEL = 64
