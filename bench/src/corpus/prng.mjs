/** A seeded generator (mulberry32): the same seed gives the same corpus on every machine. */
export class Prng {
  #state

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0
  }

  /** @returns {number} in [0, 1) */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let x = this.#state
    x = Math.imul(x ^ (x >>> 15), x | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296
  }

  /** @param {number} below @returns {number} an integer in [0, below) */
  below(below) {
    return Math.floor(this.next() * below)
  }

  /** @template T @param {readonly T[]} list @returns {T} */
  pick(list) {
    return list[this.below(list.length)]
  }

  /** @param {number} oneIn @returns {boolean} true once in so many calls */
  oneIn(oneIn) {
    return this.next() * oneIn < 1
  }

  /** @param {readonly (readonly [number, string])[]} weighted @returns {string} */
  weighted(weighted) {
    let total = 0
    for (const [weight] of weighted) total += weight
    let at = this.next() * total
    for (const [weight, name] of weighted) {
      at -= weight
      if (at < 0) return name
    }
    return weighted[weighted.length - 1][1]
  }
}
