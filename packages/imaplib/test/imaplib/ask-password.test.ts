import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askPassword } from '../../src/imaplib/ask-password.ts'

const ask = (typed: string, terminal = false) => {
  const input = Object.assign(new PassThrough(), { isTTY: terminal, setRawMode: () => input })
  const output = new PassThrough()
  const answer = askPassword('Password: ', input as never, output)
  input.end(typed)
  return { answer, shown: () => String(output.read()) }
}

test('the first line is taken, and not shown', async () => {
  const { answer, shown } = ask('hunter2\nmore\n')
  expect(await answer).toBe('hunter2')
  expect(shown()).toBe('Password: ')
})

test('from a terminal without echo', async () => {
  const { answer, shown } = ask('hunter2\r', true)
  expect(await answer).toBe('hunter2')
  expect(shown()).toBe('Password: \n')
})

test('nothing', async () => {
  await expect(ask('').answer).rejects.toThrow('no password was given')
})
