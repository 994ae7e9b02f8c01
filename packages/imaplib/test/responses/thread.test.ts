import { describe, expect, it } from 'vitest'
import { parseUntagged } from '../../src/responses/parse-untagged.ts'
import { ParseContext } from '../../src/responses/response-parser.ts'
import { MAX_THREAD_DEPTH, type ThreadNode } from '../../src/responses/thread.ts'
import { Framer } from '../../src/wire/framer.ts'

const parse = (line: string): readonly ThreadNode[] => {
  let threads: readonly ThreadNode[] = []
  const framer = new Framer({
    frame: (frame) => {
      const response = parseUntagged(frame, new ParseContext())
      if (response.type !== 'THREAD') throw new Error(response.type)
      threads = response.threads
    },
  })
  framer.push(Buffer.from(`${line}\r\n`))
  return threads
}

const measure = (threads: readonly ThreadNode[]) => {
  let count = 0
  let deepest = 0
  const walk = (nodes: readonly ThreadNode[], depth: number): void => {
    for (const node of nodes) {
      count += 1
      deepest = Math.max(deepest, depth)
      walk(node.replies, depth + 1)
    }
  }
  walk(threads, 1)
  return { count, deepest }
}

describe('THREAD', () => {
  it('puts a long chain of replies side by side where it gets too deep', () => {
    const chain = Array.from({ length: 100_000 }, (_, n) => n + 1).join(' ')
    expect(measure(parse(`* THREAD (${chain})`))).toEqual({ count: 100_000, deepest: MAX_THREAD_DEPTH })
  })

  it('bears any depth of parentheses', () => {
    const depth = 100_000
    const text = `${'(1 '.repeat(depth)}${')'.repeat(depth)}`
    expect(measure(parse(`* THREAD ${text}`))).toEqual({ count: depth, deepest: MAX_THREAD_DEPTH })
    expect(measure(parse(`* THREAD ${'('.repeat(depth)}1`)).deepest).toBe(MAX_THREAD_DEPTH)
  })
})
