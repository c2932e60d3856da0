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
  SenderAnswers,
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
export type { FormFields, FormFile } from '../event/form-fields.js';
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
export type { AcceptUnsigned } from './accepted-unsigned.js';
export { adyenPlatform, type AdyenPlatformOptions } from './providers/adyen-platform.js';
export { adyen, type AdyenOptions } from './providers/adyen.js';
export { asana, type AsanaOptions } from './providers/asana.js';
export { bitbucket, type BitbucketOptions } from './providers/bitbucket.js';
export { braintree, type BraintreeKeyPair, type BraintreeOptions } from './providers/braintree.js';
export { calendly, type CalendlyOptions } from './providers/calendly.js';
export { clerk, type ClerkOptions } from './providers/clerk.js';
export { cloudEvents, type CloudEventsOptions } from './providers/cloud-events.js';
export { coinbaseCommerce, type CoinbaseCommerceOptions } from './providers/coinbase-commerce.js';
export { contentful, type ContentfulOptions } from './providers/contentful.js';
export { discord, type DiscordOptions } from './providers/discord.js';
export { dockerHub } from './providers/docker-hub.js';
export { docusign, type DocusignOptions } from './providers/docusign.js';
export { dropbox, type DropboxOptions } from './providers/dropbox.js';
export { gitea, type GiteaOptions } from './providers/gitea.js';
export { github, type GithubOptions } from './providers/github.js';
export { gitlab, type GitlabOptions } from './providers/gitlab.js';
export { gocardless, type GocardlessOptions } from './providers/gocardless.js';
export { hubspot, type HubspotOptions } from './providers/hubspot.js';
export { intercom, type IntercomOptions } from './providers/intercom.js';
export { jiraConnect, type JiraConnectOptions } from './providers/jira-connect.js';
export { jira, type JiraOptions } from './providers/jira.js';
export { line, type LineOptions } from './providers/line.js';
export { linear, type LinearOptions } from './providers/linear.js';
export { mailchimp } from './providers/mailchimp.js';
export { mailgun, type MailgunOptions } from './providers/mailgun.js';
export { mandrill, type MandrillOptions } from './providers/mandrill.js';
export { meta, type MetaOptions } from './providers/meta.js';
export { microsoftGraph, type MicrosoftGraphOptions } from './providers/microsoft-graph.js';
export { mollieClassic } from './providers/mollie-classic.js';
export { mollie, type MollieOptions } from './providers/mollie.js';
export { notion, type NotionOptions } from './providers/notion.js';
export { okta, type OktaOptions } from './providers/okta.js';
export { paddleClassic, type PaddleClassicOptions } from './providers/paddle-classic.js';
export { paddle, type PaddleOptions } from './providers/paddle.js';
export { pagerduty, type PagerdutyOptions } from './providers/pagerduty.js';
export { paypal, type PaypalOptions } from './providers/paypal.js';
export { plaid, type PlaidOptions } from './providers/plaid.js';
export { postmark, type PostmarkOptions } from './providers/postmark.js';
export { razorpay, type RazorpayOptions } from './providers/razorpay.js';
export { resend, type ResendOptions } from './providers/resend.js';
export { sendgrid, type SendgridOptions } from './providers/sendgrid.js';
export { sentry, type SentryOptions } from './providers/sentry.js';
export { shopify, type ShopifyOptions } from './providers/shopify.js';
export { slack, type SlackOptions } from './providers/slack.js';
export { sns, type SnsOptions } from './providers/sns.js';
export { square, type SquareOptions } from './providers/square.js';
export { standardWebhooks, type StandardWebhooksOptions } from './providers/standard-webhooks.js';
export { stripe, type StripeOptions } from './providers/stripe.js';
export { svix, type SvixOptions } from './providers/svix.js';
export { telegram, type TelegramOptions } from './providers/telegram.js';
export { trello, type TrelloOptions } from './providers/trello.js';
export { twilio, type TwilioOptions } from './providers/twilio.js';
export { typeform, type TypeformOptions } from './providers/typeform.js';
export { unsigned, type UnsignedOptions } from './providers/unsigned.js';
export { vercel, type VercelOptions } from './providers/vercel.js';
export { woocommerce, type WoocommerceOptions } from './providers/woocommerce.js';
export { x, type XOptions } from './providers/x.js';
export { xero, type XeroOptions } from './providers/xero.js';
export { zendesk, type ZendeskOptions } from './providers/zendesk.js';
export { zoom, type ZoomOptions } from './providers/zoom.js';
