/**
 * Numbers that have come, mostly in ascending order: these cost a few bytes each and one comparison. For those that come
 * out of order there is a set besides.
 */
export class SeenNumbers {
  private readonly ascending: number[]
  private strays: Set<number> | null = null

  constructor(first: number) {
    this.ascending = [first]
  }

  /** False when the number has come before. */
  add(number: number): boolean {
    const { ascending } = this
    if (number > (ascending[ascending.length - 1] as number)) {
      ascending.push(number)
      return true
    }
    if (this.strays?.has(number) === true || this.hasInOrder(number)) return false
    this.strays ??= new Set()
    this.strays.add(number)
    return true
  }

  private hasInOrder(number: number): boolean {
    const { ascending } = this
    let low = 0
    let high = ascending.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const found = ascending[middle] as number
      if (found === number) return true
      if (found < number) low = middle + 1
      else high = middle - 1
    }
    return false
  }
}
