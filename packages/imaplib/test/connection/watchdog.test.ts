import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Watchdog } from '../../src/connection/watchdog.ts'

describe('Watchdog', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const dog = (limit: number) => {
    const expired = vi.fn<() => void>()
    return { expired, watchdog: new Watchdog(limit, expired) }
  }

  it('says when nothing has come for as long as the limit, once', () => {
    const { expired, watchdog } = dog(100)
    watchdog.watch()
    vi.advanceTimersByTime(90)
    watchdog.alive()
    vi.advanceTimersByTime(90)
    expect(expired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(20)
    expect(expired).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1000)
    expect(expired).toHaveBeenCalledTimes(1)
  })

  it('measures from the last beginning, with one timer for many short rests', () => {
    const { expired, watchdog } = dog(100)
    for (let turn = 0; turn < 50; turn += 1) {
      watchdog.watch()
      vi.advanceTimersByTime(60)
      watchdog.rest()
      expect(vi.getTimerCount()).toBeLessThanOrEqual(1)
      vi.advanceTimersByTime(30)
    }
    watchdog.watch()
    vi.advanceTimersByTime(99)
    expect(expired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2)
    expect(expired).toHaveBeenCalledTimes(1)
  })

  it('is silent while it rests, and leaves no timer behind when it stops', () => {
    const { expired, watchdog } = dog(100)
    watchdog.watch()
    watchdog.rest()
    vi.advanceTimersByTime(1000)
    expect(expired).not.toHaveBeenCalled()
    watchdog.watch()
    watchdog.stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('measures a new limit from now', () => {
    const { expired, watchdog } = dog(100)
    watchdog.watch()
    vi.advanceTimersByTime(90)
    watchdog.setLimit(50)
    vi.advanceTimersByTime(40)
    expect(expired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(11)
    expect(expired).toHaveBeenCalledTimes(1)
  })

  it('never says anything with the limit 0', () => {
    const { expired, watchdog } = dog(0)
    watchdog.watch()
    vi.advanceTimersByTime(1e9)
    expect(expired).not.toHaveBeenCalled()
  })
})
