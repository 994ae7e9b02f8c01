#!/usr/bin/env node
import { askPassword } from './ask-password.ts'
import { selfTest } from './selftest.ts'

void selfTest(process.argv.slice(2), {
  environment: process.env,
  out: (line) => void process.stdout.write(`${line}\n`),
  error: (line) => void process.stderr.write(`${line}\n`),
  askPassword: (question) => askPassword(question),
}).then((status) => {
  process.exitCode = status
})
