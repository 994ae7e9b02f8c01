import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseStatusLine } from '../../src/connection/status-line.ts'
import { parseUntagged } from '../../src/responses/parse-untagged.ts'
import { responseCode } from '../../src/responses/response-code.ts'
import type { ParseContext } from '../../src/responses/response-parser.ts'
import type { Frame } from '../../src/wire/frame.ts'
import { loadFixtures, outcome, testFixtures } from '../fixtures.ts'

/*
 * What servers say in the examples of the RFCs, a file for each RFC, a case for each example: its untagged responses, and
 * the tagged ones that have a response code. Lines that were broken to fit the page are whole again. Left out is only what
 * is no response: `* 2 FETCH (UID 14 ...`.
 */

const STAR = 0x2a

const parse = (frame: Frame, context: ParseContext): unknown =>
  frame.bytes[frame.start] === STAR ? parseUntagged(frame, context) : parseCompletion(frame, context)

const parseCompletion = (frame: Frame, context: ParseContext): unknown => {
  const line = frame.bytes.toString('latin1', frame.start, frame.end)
  const space = line.indexOf(' ')
  const status = parseStatusLine(line.slice(space + 1))
  if (status === null) return { type: 'unparsed', line }
  context.begin()
  const code = responseCode(status, context)
  context.finish()
  return { tag: line.slice(0, space), type: status.status, code, text: status.text }
}

const names = readdirSync(fileURLToPath(new URL('rfc', import.meta.url)))
  .filter((file) => file.endsWith('.fixture'))
  .map((file) => `responses/rfc/${file.slice(0, -'.fixture'.length)}`)

for (const name of names) testFixtures(name, parse)

describe('the examples of RFCs', () => {
  const cases = names.flatMap((name) => loadFixtures(name).map((entry) => ({ ...entry, name })))

  it('are all understood, and need no repairs, but for slips of the RFC that the title names', () => {
    for (const { title, input } of cases)
      expect(/"type":"unparsed"|"repairs"/.test(JSON.stringify(outcome([input], parse))), title).toBe(
        /\(sic\)( \[escaped\])?$/.test(title),
      )
  })

  it('are whole: no literal goes on past the end', () => {
    for (const { title, input } of cases)
      expect([outcome([input, Buffer.from('* 1 EXISTS\r\n')], parse)].flat(), title).toContainEqual({
        type: 'EXISTS',
        count: 1,
      })
  })

  it('name the section that they are from', () => {
    for (const { title, name } of cases)
      expect(title, name).toMatch(new RegExp(`^RFC ${name.replace(/^.*rfc/, '')} §[0-9A-Z][0-9.]*`))
  })
})
