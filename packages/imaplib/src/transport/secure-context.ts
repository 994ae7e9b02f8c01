import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'

/** What decides a context. Other options of `tls.connect()` belong to the single connection. */
const deciding = [
  'ca',
  'cert',
  'key',
  'pfx',
  'passphrase',
  'crl',
  'minVersion',
  'maxVersion',
  'secureProtocol',
  'secureOptions',
  'ciphers',
  'sigalgs',
  'ecdhCurve',
  'dhparam',
  'honorCipherOrder',
  'allowPartialTrustChain',
  'clientCertEngine',
  'privateKeyEngine',
  'privateKeyIdentifier',
  'sessionIdContext',
  'sessionTimeout',
  'ticketKeys',
] as const

type Decision = readonly unknown[]

/** Contexts that a connection still uses. Nothing here keeps a context, or the key in it, alive. */
let known: WeakRef<SecureContext>[] = []
const decisions = new WeakMap<SecureContext, Decision>()

/**
 * A TLS context for these options, the same for equal options (strings by value, all else by identity) as long as one
 * connection uses it. A context of its own costs each connection 20 KiB and 0.3 ms.
 */
export function secureContextFor(options: SecureContextOptions): SecureContext {
  const given = options as Record<string, unknown>
  const decision = deciding.map((name) => given[name])
  const alive: WeakRef<SecureContext>[] = []
  let found: SecureContext | null = null
  for (const ref of known) {
    const context = ref.deref()
    if (context === undefined) continue
    alive.push(ref)
    if (decisions.get(context)?.every((value, index) => value === decision[index]) === true) found = context
  }
  known = alive
  if (found !== null) return found
  const context = createSecureContext(options)
  decisions.set(context, decision)
  // Beyond a few, callers make new options each time, and looking would cost more than it saves.
  if (known.length < 16) known.push(new WeakRef(context))
  return context
}
