/**
 * The patterns under their Python names, for programs that used them on what the library handed out. They are made for
 * latin1 strings: `Literal.exec(buffer.toString('latin1'))`. The engine itself cuts bytes and does not use them.
 */
export const Continuation = /^\+( (?<data>.*))?/s
export const Flags = /^.*FLAGS \((?<flags>[^)]*)\)/
export const InternalDate =
  /^.*INTERNALDATE "(?<day>[ 0123][0-9])-(?<mon>[A-Z][a-z][a-z])-(?<year>[0-9][0-9][0-9][0-9]) (?<hour>[0-9][0-9]):(?<min>[0-9][0-9]):(?<sec>[0-9][0-9]) (?<zonen>[-+])(?<zoneh>[0-9][0-9])(?<zonem>[0-9][0-9])"/
export const Literal = /^.*\{(?<size>\d+)\}$/
export const MapCRLF = /\r\n|\r|\n/g
export const Response_code = /^\[(?<type>[A-Z-]+)( (?<data>.*))?\]/
export const Untagged_response = /^\* (?<type>[A-Z-]+)( (?<data>.*))?/
export const Untagged_status = /^\* (?<data>\d+) (?<type>[A-Z-]+)( (?<data2>.*))?/

/** `Months[1]` is `Jan`. */
export const Months: readonly string[] = ' Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `Mon2num.get('Jan')` is 1. */
export const Mon2num: ReadonlyMap<string, number> = new Map(Months.slice(1).map((name, at) => [name, at + 1]))
