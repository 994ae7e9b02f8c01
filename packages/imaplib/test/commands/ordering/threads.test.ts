import { describe, expect, it } from 'vitest'
import { messageIds } from '../../../src/commands/ordering/threadable.ts'
import { threadByReferences, threadByReferencesAlone } from '../../../src/commands/ordering/thread-by-references.ts'
import { threadBySubject } from '../../../src/commands/ordering/thread-by-subject.ts'
import { asThreads, type Container, type Threadable } from '../../../src/commands/ordering/thread-node.ts'

const message = (uid: number, more: Partial<Threadable> = {}): Threadable => ({
  uid,
  sent: uid,
  arrived: uid,
  subject: '',
  isReply: false,
  messageId: `m${uid}@x`,
  references: [],
  ...more,
})

/** As on the wire, but with `-` for messages that are not there. */
const show = (containers: readonly Container[]): string => {
  const text = (node: ReturnType<typeof asThreads>[number]): string => {
    const replies = node.replies.map(text).join(' ')
    return replies === '' ? `${node.message ?? '-'}` : `${node.message ?? '-'}(${replies})`
  }
  return asThreads(containers).map(text).join(' ')
}

describe('REFERENCES (RFC 5256 §3)', () => {
  it.each<[string, Threadable[], string]>([
    ['answers below what they answer', [message(1), message(2, { references: ['m1@x'] })], '1(2)'],
    ['the last reference counts', [message(1), message(2), message(3, { references: ['m1@x', 'm2@x'] })], '1(2(3))'],
    ['a message that nobody has and one answers', [message(1, { references: ['none@x'] })], '1'],
    [
      'two answers to a message that nobody has',
      [message(1, { references: ['none@x'] }), message(2, { references: ['none@x'] })],
      '-(1 2)',
    ],
    [
      'a missing message in the middle',
      [message(1), message(3, { references: ['m1@x', 'none@x'] }), message(4, { references: ['m1@x', 'none@x'] })],
      '1(3 4)',
    ],
    ['a circle', [message(1, { references: ['m2@x'] }), message(2, { references: ['m1@x'] })], '2(1)'],
    ['a message that answers itself', [message(1, { references: ['m1@x'] })], '1'],
    [
      'an ID that is taken',
      [message(1), message(2, { messageId: 'm1@x' }), message(3, { references: ['m1@x'] })],
      '1(3) 2',
    ],
    [
      'the same subject makes one thread',
      [message(1, { subject: 'A' }), message(2, { subject: 'A', isReply: true })],
      '1(2)',
    ],
    ['two beginnings of the same subject', [message(1, { subject: 'A' }), message(2, { subject: 'A' })], '-(1 2)'],
    [
      'an answer that was sent before what it answers',
      [message(1, { subject: 'A', isReply: true }), message(2, { subject: 'A' })],
      '2(1)',
    ],
    ['no subject is no bond', [message(1), message(2)], '1 2'],
    ['by sent date', [message(1, { sent: 9 }), message(2, { sent: 8 })], '2 1'],
  ])('%s', (_what, messages, expected) => {
    expect(show(threadByReferences(messages))).toBe(expected)
  })

  it('is not overwhelmed by a thread of ten thousand answers, each to the one before', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => message(i + 1, { references: i === 0 ? [] : [`m${i}@x`] }))
    const threads = asThreads(threadByReferences(chain))
    expect(threads).toHaveLength(1)
    let depth = 0
    for (let at = threads[0]; at !== undefined; at = at.replies[0]) depth += 1
    expect(depth).toBe(10_000)
  })
})

describe('REFS', () => {
  it('puts the thread with the latest arrival last and knows no subjects', () => {
    const messages = [
      message(1, { subject: 'A' }),
      message(2, { subject: 'A', sent: 0 }),
      message(3, { references: ['m1@x'] }),
    ]
    expect(show(threadByReferencesAlone(messages))).toBe('2 1(3)')
  })
})

describe('ORDEREDSUBJECT (RFC 5256 §3)', () => {
  it('has no grandchildren', () => {
    const messages = [
      message(1, { subject: 'B' }),
      message(2, { subject: 'A', sent: 0 }),
      message(3, { subject: 'B' }),
      message(4, { subject: 'B', references: ['m3@x'] }),
    ]
    expect(show(threadBySubject(messages))).toBe('2 1(3 4)')
  })
})

describe('message IDs', () => {
  it('are the same quoted or not (RFC 5256 §3)', () => {
    expect(messageIds('<"01KF8JCEOCBS0045PS"@xxx.yyy.com> text <01KF8JCEOCBS0045PS@xxx.yyy.com>')).toEqual([
      '01KF8JCEOCBS0045PS@xxx.yyy.com',
      '01KF8JCEOCBS0045PS@xxx.yyy.com',
    ])
    expect(messageIds('no id <here> <a@b> <"q\\"q"@c>')).toEqual(['a@b', 'q"q@c'])
  })
})
