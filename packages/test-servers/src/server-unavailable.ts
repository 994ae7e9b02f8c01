/**
 * A real server cannot be had on this machine: a package is missing and may not be installed, root is needed, there is no network. The
 * message says which, and what would mend it.
 */
export class ServerUnavailable extends Error {
  override readonly name = 'ServerUnavailable'
}

/**
 * Starts a server, or says on stderr why its tests are skipped and resolves to `undefined`. Under CI (`CI=true`) nothing may be skipped:
 * there the error goes on.
 *
 * ```ts
 * const cyrus = await orSkipped(startCyrus())
 * describe.skipIf(cyrus === undefined)('against Cyrus', () => { … })
 * ```
 */
export const orSkipped = async <Server>(starting: Promise<Server>): Promise<Server | undefined> => {
  try {
    return await starting
  } catch (error) {
    if (!(error instanceof ServerUnavailable) || process.env['CI'] === 'true') throw error
    process.stderr.write(`\n*** SKIPPED, a server is not available: ${error.message}\n\n`)
    return undefined
  }
}
