import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

/** The server's side of SCRAM (RFC 5802 §3), written straight from the formulas, to test the client against. */
export interface ScramServer {
  first(clientFirst: Uint8Array): Buffer
  /** The server-final-message; throws when the client's proof or binding is wrong. */
  final(clientFinal: Uint8Array): Buffer
}

export function scramServer(settings: {
  algorithm: 'sha1' | 'sha256' | 'sha512'
  password: string
  salt?: Buffer
  iterations?: number
  bindingData?: Uint8Array
}): ScramServer {
  const { algorithm, password, salt = Buffer.from('0123456789abcdef'), iterations = 4096 } = settings
  const hmac = (key: Uint8Array, text: string) => createHmac(algorithm, key).update(text).digest()
  let bare = ''
  let gs2 = ''
  let serverFirst = ''
  return {
    first(clientFirst) {
      const text = Buffer.from(clientFirst).toString('utf8')
      const match = /^((?:p=[a-z-]+|n|y),(?:a=[^,]+)?,)(n=[^,]+,r=([^,]+))$/.exec(text)
      if (match === null) throw new Error(`client-first malformed: ${text}`)
      gs2 = match[1] ?? ''
      bare = match[2] ?? ''
      serverFirst = `r=${match[3]}SERVER,s=${salt.toString('base64')},i=${iterations}`
      return Buffer.from(serverFirst)
    },
    final(clientFinal) {
      const text = Buffer.from(clientFinal).toString('utf8')
      const [withoutProof = '', proofText = ''] = text.split(',p=')
      const expectedBinding = Buffer.concat([Buffer.from(gs2), settings.bindingData ?? Buffer.alloc(0)])
      const nonce = /r=([^,]+)/.exec(serverFirst)?.[1]
      if (withoutProof !== `c=${expectedBinding.toString('base64')},r=${nonce}`)
        throw new Error('binding or nonce wrong')
      const authMessage = `${bare},${serverFirst},${withoutProof}`
      const length = createHash(algorithm).digest().byteLength
      const salted = pbkdf2Sync(password, salt, iterations, length, algorithm)
      const storedKey = createHash(algorithm).update(hmac(salted, 'Client Key')).digest()
      const signature = hmac(storedKey, authMessage)
      const clientKey = Buffer.from(proofText, 'base64').map((octet, index) => octet ^ (signature[index] ?? 0))
      if (!createHash(algorithm).update(clientKey).digest().equals(storedKey)) throw new Error('proof wrong')
      return Buffer.from(`v=${hmac(hmac(salted, 'Server Key'), authMessage).toString('base64')}`)
    },
  }
}
