import Connection from 'imap'
import ImapParser from 'imap/lib/Parser.js'
import { eventClientTasks } from './event-client.mjs'

export const tasks = eventClientTasks({ Connection, Parser: ImapParser.Parser })
