import { testFixtures } from '../fixtures.ts'

/** One fixture for each file of `src/responses` that reads a response, and for UIDFETCH; FETCH has tests of its own. */
const names = [
  'acl',
  'capability',
  'comparator',
  'condition',
  'conversion',
  'converted',
  'enabled',
  'esearch',
  'id',
  'jmap-access',
  'language',
  'list',
  'mailbox-flags',
  'mailbox-status',
  'message-count',
  'metadata',
  'namespace',
  'quota',
  'search',
  'sort',
  'thread',
  'uid-batches',
  'uid-fetch',
  'url-authorisation',
  'vanished',
]

for (const name of names) testFixtures(`responses/${name}`)
