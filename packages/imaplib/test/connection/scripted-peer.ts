import { Connection, type ConnectionOptions } from '../../src/connection/connection.ts'
import type { Exchange, Order, Reply } from '../../src/connection/exchange.ts'
import type { StatusLine } from '../../src/connection/status-line.ts'
import type { ImapError } from '../../src/errors/imap-error.ts'
import { memoryPair } from '../../src/transport/memory.ts'
import type { Transport } from '../../src/transport/transport.ts'
import type { Frame } from '../../src/wire/frame.ts'
import type { CommandWriter } from '../../src/wire/writer.ts'

/** A command whose fate is written down. */
export class Probe implements Exchange {
  readonly name: string
  readonly order: Order
  fate: StatusLine | ImapError | null = null
  fates = 0
  sent: boolean | null = null
  readonly challenges: string[] = []
  reply: Reply | null = null
  interrupted = 0
  quiet = false
  private readonly body: (out: CommandWriter) => void
  readonly done: Promise<void>
  private finish!: () => void
  continuation?: (text: string, reply: Reply) => void

  constructor(name: string, order: Order = 'free', body?: (out: CommandWriter) => void, continues = false) {
    this.name = name
    this.order = order
    this.body = body ?? ((out) => void out.atom(name))
    this.done = new Promise((resolve) => (this.finish = resolve))
    if (continues)
      this.continuation = (text, reply) => {
        this.challenges.push(text)
        this.reply = reply
      }
  }

  write(out: CommandWriter): void {
    this.body(out)
  }

  interrupt(): void {
    this.interrupted += 1
  }

  completed(line: StatusLine): void {
    this.settle(line)
  }

  failed(error: Error, sent: boolean): void {
    this.sent = sent
    this.settle(error as ImapError)
  }

  /** `OK`, `NO`, or the code of the error; null while nothing has come. */
  get outcome(): string | null {
    if (this.fate === null) return null
    return 'status' in this.fate ? this.fate.status : this.fate.code
  }

  private settle(fate: StatusLine | ImapError): void {
    this.fate = fate
    this.fates += 1
    this.finish()
  }
}

/** Lets everything that is under way happen. */
export const settled = async (turns = 12): Promise<void> => {
  for (let i = 0; i < turns; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A connection to a server that is the test itself. */
export class Peer {
  readonly connection: Connection<Probe>
  readonly untagged: string[] = []
  closings = 0
  endedWith: ImapError | null | undefined = undefined
  private readonly server: Transport
  private received = ''

  constructor(options: ConnectionOptions = {}, segment?: number) {
    const [client, server] = memoryPair(segment === undefined ? {} : { segment })
    this.server = server
    server.start({
      data: (chunk) => (this.received += chunk.toString('latin1')),
      drain: () => undefined,
      closed: () => undefined,
    })
    this.connection = new Connection<Probe>(
      client,
      {
        untagged: (frame: Frame) => void this.untagged.push(frame.bytes.toString('latin1', frame.start, frame.end)),
        closed: (error) => {
          this.closings += 1
          this.endedWith = error
        },
      },
      options,
    )
  }

  /** Sends what a server might; `$1` stands for the tag of the first command. */
  async say(text: string): Promise<void> {
    const tags = this.tags
    this.server.write(
      Buffer.from(
        text.replaceAll(/\$(\d)/g, (_, n: string) => tags[Number(n) - 1] ?? `NOTAG${n}`),
        'latin1',
      ),
    )
    await settled()
  }

  end(): void {
    this.server.end()
  }

  reset(): void {
    this.server.destroy(new Error('reset'))
  }

  run(...probes: Probe[]): void {
    for (const probe of probes) this.connection.run(probe)
  }

  /** What the client has sent, as it came. */
  get raw(): string {
    return this.received
  }

  /** The lines that the client has sent, tags as `$1`, `$2` … */
  get lines(): string[] {
    let text = this.received
    for (const [index, tag] of this.tags.entries()) text = text.replaceAll(`${tag} `, `$${index + 1} `)
    return text.split('\r\n').slice(0, -1)
  }

  private get tags(): string[] {
    const found = this.received.matchAll(/(?:^|\r\n)([A-Z]{6}\d+) /g)
    return Array.from(found, (match) => match[1] as string)
  }
}

/** A peer that has sent its greeting, and a client that has logged in as far as limits are concerned. */
export const greeted = async (options: ConnectionOptions = {}): Promise<Peer> => {
  const peer = new Peer(options)
  await peer.say('* OK [CAPABILITY IMAP4rev1 LITERAL-] ready\r\n')
  peer.connection.markAuthenticated()
  return peer
}
