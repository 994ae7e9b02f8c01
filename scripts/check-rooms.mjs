// Fails on an import that runs upward between the rooms of packages/imaplib/src, and on a circle of imports.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What each room may import besides itself. The file `index.ts` at the top is the way in and may import every room. */
const below = {
  errors: [],
  wire: ['errors'],
  transport: ['errors', 'wire'],
  sasl: ['errors', 'wire'],
  connection: ['errors', 'wire', 'transport', 'sasl'],
  responses: ['errors', 'wire', 'connection'],
  commands: ['errors', 'wire', 'sasl', 'connection', 'responses'],
  client: ['errors', 'wire', 'transport', 'sasl', 'connection', 'responses', 'commands'],
  imaplib: ['errors', 'wire', 'transport', 'sasl', 'connection'],
}

export const checkRooms = (root) => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, file))
  const imports = new Map(files.map((file) => [file, importsOf(file)]))
  const room = (file) => relative(root, file).split(/[\\/]/).slice(0, -1)[0]
  const faults = []
  for (const [file, targets] of imports) {
    const from = room(file)
    if (from === undefined) continue
    if (!(from in below)) faults.push(`${relative(root, file)}: the room ${from}/ is not in the plan`)
    for (const target of targets) {
      const to = room(target)
      if (!imports.has(target))
        faults.push(`${relative(root, file)} imports ${relative(root, target)}, which does not exist`)
      else if (to !== from && !below[from]?.includes(to))
        faults.push(`${relative(root, file)} (${from}) must not import ${relative(root, target)} (${to ?? 'top'})`)
    }
  }
  for (const circle of circles(imports)) faults.push(`circle: ${circle.map((f) => relative(root, f)).join(' → ')}`)
  return faults
}

const importsOf = (file) => {
  const source = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const from = /(?:^|[\n;])\s*(?:import|export)\b[^'"`;=]*?\bfrom\s*['"](\.[^'"]+)['"]/g
  const bare = /(?:^|[\n;])\s*import\s*['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]/g
  return [...source.matchAll(from), ...source.matchAll(bare)].map((match) =>
    resolve(dirname(file), match[1] ?? match[2]),
  )
}

/** The circles that a depth-first walk meets; type-only imports count too, since they tie files together as well. */
const circles = (imports) => {
  const done = new Set()
  const path = []
  const found = []
  const walk = (file) => {
    const at = path.indexOf(file)
    if (at !== -1) return void found.push([...path.slice(at), file])
    if (done.has(file)) return
    path.push(file)
    for (const target of imports.get(file) ?? []) walk(target)
    path.pop()
    done.add(file)
  }
  for (const file of imports.keys()) walk(file)
  return found
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = checkRooms(fileURLToPath(new URL('../packages/imaplib/src', import.meta.url)))
  for (const fault of faults) console.error(fault)
  console.log(faults.length === 0 ? 'rooms: every import runs downward' : `rooms: ${faults.length} faults`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
