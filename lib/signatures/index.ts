// The second entry, `nestjs-hookline/signatures`: it loads neither Nest nor a database.

// Errors
export { WebhookError } from '../errors/webhook.error.js';
export { ConfigurationError } from '../errors/configuration.error.js';
export { KeyUnavailableError } from './keys/key-unavailable.error.js';

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
export type { KeyDecoding, Secret } from './keys/secrets.js';
export type { PublicKey } from './keys/public-keys.js';
export type { SecretStore } from './keys/secret.store.js';

// Schemes of one's own: facts that fit most senders, and parts for the others
export { hmac } from './schemes/hmac.scheme.js';
export type { HmacOptions, SignatureOptions, TimestampOptions } from './schemes/hmac.options.js';
export { credential, type CredentialOptions } from './schemes/credential.scheme.js';
export type { EventFact, EventFactOptions, EventTimeFact } from './facts/event-fact.js';
export type { HeaderName } from './parts/header-name.js';
export { payloadOf } from './parts/request-payload.js';
export type { PayloadReading } from '../event/payload.js';
export type { PayloadFormat } from '../event/payload-format.js';
export type { FormFields, FormFile } from '../event/form-fields.js';
export type { FetchFunction } from './keys/guarded.fetch.js';
export { areSameBytes, areSameTexts } from './parts/constant-time.js';
export {
  Handshake,
  type Challenge,
  type ChallengeAnswer,
  type Digest,
  type HandshakeOptions,
} from './handshake/handshake.js';
export { echo, emptyAnswer, isChallenge, jsonAnswer } from './handshake/handshake-answer.js';

// Senders, by name
export type { AcceptUnsigned } from './schemes/accepted-unsigned.js';
export {
  adyenPlatform,
  type AdyenPlatformOptions,
} from './providers/adyen-platform/adyen-platform.js';
export { adyen, type AdyenOptions } from './providers/adyen/adyen.js';
export { asana, type AsanaOptions } from './providers/asana/asana.js';
export { bitbucket, type BitbucketOptions } from './providers/bitbucket/bitbucket.js';
export {
  braintree,
  type BraintreeKeyPair,
  type BraintreeOptions,
} from './providers/braintree/braintree.js';
export { calendly, type CalendlyOptions } from './providers/calendly/calendly.js';
export { clerk, type ClerkOptions } from './providers/clerk/clerk.js';
export { cloudEvents, type CloudEventsOptions } from './providers/cloud-events/cloud-events.js';
export {
  coinbaseCommerce,
  type CoinbaseCommerceOptions,
} from './providers/coinbase-commerce/coinbase-commerce.js';
export { contentful, type ContentfulOptions } from './providers/contentful/contentful.js';
export { discord, type DiscordOptions } from './providers/discord/discord.js';
export { dockerHub } from './providers/docker-hub/docker-hub.js';
export { docusign, type DocusignOptions } from './providers/docusign/docusign.js';
export { dropbox, type DropboxOptions } from './providers/dropbox/dropbox.js';
export { gitea, type GiteaOptions } from './providers/gitea/gitea.js';
export { github, type GithubOptions } from './providers/github/github.js';
export { gitlab, type GitlabOptions } from './providers/gitlab/gitlab.js';
export { gocardless, type GocardlessOptions } from './providers/gocardless/gocardless.js';
export { hubspot, type HubspotOptions } from './providers/hubspot/hubspot.js';
export { intercom, type IntercomOptions } from './providers/intercom/intercom.js';
export { jiraConnect, type JiraConnectOptions } from './providers/jira-connect/jira-connect.js';
export { jira, type JiraOptions } from './providers/jira/jira.js';
export { line, type LineOptions } from './providers/line/line.js';
export { linear, type LinearOptions } from './providers/linear/linear.js';
export { mailchimp } from './providers/mailchimp/mailchimp.js';
export { mailgun, type MailgunOptions } from './providers/mailgun/mailgun.js';
export { mandrill, type MandrillOptions } from './providers/mandrill/mandrill.js';
export { meta, type MetaOptions } from './providers/meta/meta.js';
export {
  microsoftGraph,
  type MicrosoftGraphOptions,
} from './providers/microsoft-graph/microsoft-graph.js';
export { mollieClassic } from './providers/mollie-classic/mollie-classic.js';
export { mollie, type MollieOptions } from './providers/mollie/mollie.js';
export { notion, type NotionOptions } from './providers/notion/notion.js';
export { okta, type OktaOptions } from './providers/okta/okta.js';
export {
  paddleClassic,
  type PaddleClassicOptions,
} from './providers/paddle-classic/paddle-classic.js';
export { paddle, type PaddleOptions } from './providers/paddle/paddle.js';
export { pagerduty, type PagerdutyOptions } from './providers/pagerduty/pagerduty.js';
export { paypal, type PaypalOptions } from './providers/paypal/paypal.js';
export { plaid, type PlaidOptions } from './providers/plaid/plaid.js';
export { postmark, type PostmarkOptions } from './providers/postmark/postmark.js';
export { razorpay, type RazorpayOptions } from './providers/razorpay/razorpay.js';
export { resend, type ResendOptions } from './providers/resend/resend.js';
export { sendgrid, type SendgridOptions } from './providers/sendgrid/sendgrid.js';
export { sentry, type SentryOptions } from './providers/sentry/sentry.js';
export { shopify, type ShopifyOptions } from './providers/shopify/shopify.js';
export { slack, type SlackOptions } from './providers/slack/slack.js';
export { sns, type SnsOptions } from './providers/sns/sns.js';
export { square, type SquareOptions } from './providers/square/square.js';
export {
  standardWebhooks,
  type StandardWebhooksOptions,
} from './providers/standard-webhooks/standard-webhooks.js';
export { stripe, type StripeOptions } from './providers/stripe/stripe.js';
export { svix, type SvixOptions } from './providers/svix/svix.js';
export { telegram, type TelegramOptions } from './providers/telegram/telegram.js';
export { trello, type TrelloOptions } from './providers/trello/trello.js';
export { twilio, type TwilioOptions } from './providers/twilio/twilio.js';
export { typeform, type TypeformOptions } from './providers/typeform/typeform.js';
export { unsigned, type UnsignedOptions } from './providers/unsigned/unsigned.js';
export { vercel, type VercelOptions } from './providers/vercel/vercel.js';
export { woocommerce, type WoocommerceOptions } from './providers/woocommerce/woocommerce.js';
export { x, type XOptions } from './providers/x/x.js';
export { xero, type XeroOptions } from './providers/xero/xero.js';
export { zendesk, type ZendeskOptions } from './providers/zendesk/zendesk.js';
export { zoom, type ZoomOptions } from './providers/zoom/zoom.js';
