#!/usr/bin/env node
// Here and not in dist, so that npm can link it before the first build.
import '../dist/imaplib/selftest-main.js'
