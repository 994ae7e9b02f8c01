/** The letters of each month, eight bits for one. */
const months: readonly number[] = (
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const
).map((name) => (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2))

/** The month (0-11) whose three letters stand at `at`, in any case; -1 if none. */
export const monthAt = (text: string, at: number): number =>
  monthOf(text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2))

/** {@link monthAt}, of characters or octets. */
export const monthOf = (first: number, second: number, third: number): number => {
  if ((first | second | third) > 0x7f) return -1
  const letters = ((first | 0x20) << 16) | ((second | 0x20) << 8) | third | 0x20
  for (let month = 0; month < 12; month += 1) if (months[month] === letters) return month
  return -1
}

/** Days from 1970-01-01 to a date of the Gregorian calendar, in integers; `month` is 0-11. */
export const daysSince1970 = (year: number, month: number, day: number): number => {
  // Years are counted from March, so that the leap day is the last.
  const shifted = month < 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * ((month + 10) % 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export const daysIn = (year: number, month: number): number => {
  if (month === 1) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31
}
