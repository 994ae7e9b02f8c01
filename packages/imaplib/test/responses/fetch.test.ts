import { testFixtures } from '../fixtures.ts'

testFixtures('responses/fetch')
