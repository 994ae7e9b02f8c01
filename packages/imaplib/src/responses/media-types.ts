/** Types of single parts: alone or before parameters they lack their subtype, while `("ALTERNATIVE")` lacks its parts. */
export const mediaTypes: ReadonlySet<string> = new Set([
  'application',
  'audio',
  'font',
  'image',
  'message',
  'model',
  'text',
  'video',
])
