import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** The long run: further real servers, which are downloaded and unpacked at first use. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['packages/*/test/servers/**/*.servers.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 60_000,
    hookTimeout: 600_000,
  },
})
