/**
 * What a client has read, counted in the same way for every client. `characters` grows with each string that is looked
 * at, so that decoding which a client puts off until a field is read happens inside the measurement.
 */
export class Count {
  messages = 0
  uids = 0
  sizes = 0
  addresses = 0
  parts = 0
  bytes = 0
  characters = 0

  /** @param {unknown} value a string, a Date, nothing, or a container of them */
  read(value) {
    if (value === null || value === undefined) return
    if (typeof value === 'string') this.characters += value.length
    else if (typeof value === 'number') this.characters += 1
    else if (value instanceof Date) this.characters += value.getTime() > 0 ? 1 : 0
    else if (Array.isArray(value) || value instanceof Set) for (const item of value) this.read(item)
    else if (value instanceof Map) for (const [key, item] of value) this.characters += key.length + String(item).length
    else for (const key in value) this.read(value[key])
  }

  /** The sums of a metadata scan, which must be the same for every client. */
  metadata() {
    const { messages, uids, sizes, addresses, parts } = this
    return { messages, uids, sizes, addresses, parts }
  }
}
