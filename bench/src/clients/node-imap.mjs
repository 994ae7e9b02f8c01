import Connection from 'node-imap'
import NodeImapParser from 'node-imap/lib/Parser.js'
import { eventClientTasks } from './event-client.mjs'

export const tasks = eventClientTasks({ Connection, Parser: NodeImapParser.Parser })
