// The second entry, `nestjs-hookline/signatures`: it loads neither Nest nor a database.

// Errors
export { WebhookError } from '../errors/webhook.error.js';
export { ConfigurationError } from '../errors/configuration.error.js';
export { KeyUnavailableError } from './key-unavailable.error.js';

// What a scheme is
export type {
  EventFacts,
  HandshakeAnswer,
  HandshakeContext,
  Refused,
  RefusalReason,
  SignatureScheme,
  SignedRequest,
  Verification,
  Verified,
  VerifyContext,
} from './signature-scheme.js';
export type { SignedMessage, SigningScheme, SignInput } from './signing.scheme.js';
export type { KeyDecoding, Secret } from './secrets.js';
export type { PublicKey } from './public-keys.js';
export type { SecretStore } from './secret.store.js';

// Schemes of one's own: facts that fit most senders, and parts for the others
export { hmac } from './hmac.scheme.js';
export type { HmacOptions, SignatureOptions, TimestampOptions } from './hmac.options.js';
export { credential, type CredentialOptions } from './credential.scheme.js';
export type { EventFact, EventFactOptions, EventTimeFact } from './event-fact.js';
export type { HeaderName } from './header-name.js';
export { payloadOf } from './request-payload.js';
export type { PayloadReading } from '../event/payload.js';
export type { PayloadFormat } from '../event/payload-format.js';
export type { FetchFunction } from './guarded.fetch.js';
export { areSameBytes, areSameTexts } from './constant-time.js';
export {
  Handshake,
  type Challenge,
  type ChallengeAnswer,
  type Digest,
  type HandshakeOptions,
} from './handshake.js';
export { echo, emptyAnswer, isChallenge, jsonAnswer } from './handshake-answer.js';

// Senders, by name
export { adyen, type AdyenOptions } from './providers/adyen.js';
export { braintree, type BraintreeKeyPair, type BraintreeOptions } from './providers/braintree.js';
export { contentful, type ContentfulOptions } from './providers/contentful.js';
export { discord, type DiscordOptions } from './providers/discord.js';
export { github, type GithubOptions } from './providers/github.js';
export { jiraConnect, type JiraConnectOptions } from './providers/jira-connect.js';
export { mailgun, type MailgunOptions } from './providers/mailgun.js';
export { microsoftGraph, type MicrosoftGraphOptions } from './providers/microsoft-graph.js';
export { paddleClassic, type PaddleClassicOptions } from './providers/paddle-classic.js';
export { paypal, type PaypalOptions } from './providers/paypal.js';
export { plaid, type PlaidOptions } from './providers/plaid.js';
export { sendgrid, type SendgridOptions } from './providers/sendgrid.js';
export { sns, type SnsOptions } from './providers/sns.js';
export { standardWebhooks, type StandardWebhooksOptions } from './providers/standard-webhooks.js';
export { stripe, type StripeOptions } from './providers/stripe.js';
export { twilio, type TwilioOptions } from './providers/twilio.js';
export { unsigned } from './providers/unsigned.js';
