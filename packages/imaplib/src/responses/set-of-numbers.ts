import { SequenceSet } from '../wire/sequence-set.ts'

/** The numbers as a set, in whatever order and how often they come. The array is sorted in place where it has to be. */
export const setOfNumbers = (numbers: Uint32Array): SequenceSet => {
  for (let at = 1; at < numbers.length; at += 1)
    if ((numbers[at] as number) <= (numbers[at - 1] as number)) return SequenceSet.ofNumbers(sortedOnce(numbers))
  return SequenceSet.ofNumbers(numbers)
}

const sortedOnce = (numbers: Uint32Array): Uint32Array => {
  numbers.sort()
  let length = 0
  for (const number of numbers) if (length === 0 || number !== numbers[length - 1]) numbers[length++] = number
  return numbers.subarray(0, length)
}
