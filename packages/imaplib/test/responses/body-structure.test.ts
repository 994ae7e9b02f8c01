import { testFixtures } from '../fixtures.ts'

testFixtures('responses/body-structure')
