import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`./packages/imaplib/src/${path}`, import.meta.url))

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'bench/test/**/*.test.mjs'],
    // Longer, and against servers that are unpacked first: vitest.servers.config.ts.
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.servers.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores are the yardstick; more forks than cores only make the real servers compete.
    maxWorkers: 2,
  },
  resolve: {
    alias: [
      { find: /^imaplib\/wire$/, replacement: source('wire/index.ts') },
      {
        find: /^imap-test-servers$/,
        replacement: fileURLToPath(new URL('./packages/test-servers/src/index.ts', import.meta.url)),
      },
      { find: /^imaplib$/, replacement: source('index.ts') },
    ],
  },
})
