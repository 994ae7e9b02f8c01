// Loaded before an example: who connects to mail.example reaches the test server. Nothing else of the example is changed:
// its certificate names mail.example, and NODE_EXTRA_CA_CERTS has the authority.
import { Socket } from 'node:net'

const ports = new Map(JSON.parse(process.env.EXAMPLE_PORTS ?? '[]'))
const { connect } = Socket.prototype

Socket.prototype.connect = function (...args) {
  // Node's own callers hand over arguments that are normalised already: [[options, callback]].
  const normalised = Array.isArray(args[0])
  const options = normalised ? args[0][0] : args[0]
  if (options?.host === 'mail.example') {
    options.host = '127.0.0.1'
    options.port = ports.get(options.port) ?? options.port
  }
  return connect.apply(this, args)
}
