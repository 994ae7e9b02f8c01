/** A deviation of real servers from the grammar, and what is made of it. */
export interface Quirk {
  /** Reported by `ParseContext.repaired`. Never changes its meaning. */
  readonly id: string
  /** Who sends it: a product, or `any` when several do. */
  readonly server: string
  /** What is wrong. */
  readonly symptom: string
  /** A whole response that shows it, without its last CRLF; tests parse it and expect the report. */
  readonly sample: string
  /** What is read instead. */
  readonly repair: string
  /** Where the grammar says otherwise, and where the deviation was reported. */
  readonly reference: string
}
