/**
 * The text on one line, with whatever could steer a terminal or hide text made visible: C0, DEL and C1 controls as
 * `\xNN`, bidirectional controls and line separators as `\u{…}`.
 */
export function visible(text: string): string {
  return text
    .replace(/\r?\n/g, ' | ')
    .replace(/[\x00-\x1f\x7f-\x9f]/g, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(
      /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
      (mark) => `\\u{${mark.charCodeAt(0).toString(16)}}`,
    )
}
