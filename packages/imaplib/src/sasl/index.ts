export type { AccessTokenContext, AccessTokenInput } from './access-token.ts'
export { anonymous } from './anonymous.ts'
export { decodeChallenge, encodeResponse, MAX_CHALLENGE_LENGTH } from './base64.ts'
export type { ChannelBinding } from './channel-binding.ts'
export {
  type ChooseOptions,
  chooseMechanism,
  type MechanismChoice,
  type MechanismName,
  type SaslCredentials,
} from './choose.ts'
export { cramMd5 } from './cram-md5.ts'
export type { PasswordInput } from './credential-text.ts'
export { external } from './external.ts'
export { login } from './login.ts'
export { type SaslExchange, type SaslMechanism, type SaslRefusal, saslError } from './mechanism.ts'
export { type AuthenticateFailure, mechanismUnavailable } from './mechanism-unavailable.ts'
export { type OAuthBearerOptions, oauthbearer } from './oauthbearer.ts'
export { plain } from './plain.ts'
export { type SaslprepOptions, saslprep } from './saslprep.ts'
export { type ScramName, type ScramOptions, scram } from './scram.ts'
export { xoauth2 } from './xoauth2.ts'
