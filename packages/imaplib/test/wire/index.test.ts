import { expect, it } from 'vitest'
import { CommandWriter, decodeMailboxName, Framer, pairSets, Scanner, SequenceSet } from '../../src/wire/index.ts'

it('is enough to write a command and to read its answer', () => {
  const out = new CommandWriter({ literals: 'minus' })
    .atom('UID')
    .atom('COPY')
    .set(SequenceSet.of(304, 319, 320))
  const [command] = out.mailbox('Entwürfe').finish('A3')
  expect(command).toMatchObject({ kind: 'text', redacted: 'A3 UID COPY 304,319:320 Entw&APw-rfe' })

  const found: unknown[] = []
  const framer = new Framer({
    frame(frame) {
      const scan = new Scanner()
      scan.reset(frame)
      found.push(scan.atom(), (scan.space(), scan.atom()), (scan.space(), decodeMailboxName(scan.rawAstring()).name))
    },
  })
  framer.push(Buffer.from('* STATUS "Entw&APw-rfe"\r\n'))
  expect(found).toEqual(['*', 'STATUS', 'Entwürfe'])
  expect(pairSets('304,319:320', '3956:3958').get(319)).toBe(3957)
})
