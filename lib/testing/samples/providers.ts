import { adyen, braintree, paddleClassic } from './card-payments.js';
import { paypal, plaid, sns } from './certified.js';
import { discord, line, meta, slack, telegram, twilio, x, zoom } from './chat.js';
import { bitbucket, dockerHub, gitea, github, gitlab, vercel } from './code.js';
import { shopify, woocommerce } from './commerce.js';
import { contentful } from './content.js';
import { clerk, okta } from './identity.js';
import { mailchimp, mailgun, mandrill, postmark, resend, sendgrid } from './mail.js';
import { cloudEvents, standardWebhooks, svix, unsigned } from './open.js';
import { hubspot, intercom, pagerduty, sentry, xero, zendesk } from './operations.js';
import {
  adyenPlatform,
  coinbaseCommerce,
  gocardless,
  mollie,
  mollieClassic,
  paddle,
  razorpay,
  square,
  stripe,
} from './payments.js';
import type { Provider } from './provider.js';
import {
  asana,
  calendly,
  docusign,
  dropbox,
  jira,
  jiraConnect,
  linear,
  microsoftGraph,
  notion,
  trello,
  typeform,
} from './work.js';

/**
 * All providers that have samples, by the name of their scheme's function. The testing kit and the
 * command line know no others.
 *
 * @internal
 */
export const PROVIDERS = {
  adyen,
  adyenPlatform,
  asana,
  bitbucket,
  braintree,
  calendly,
  clerk,
  cloudEvents,
  coinbaseCommerce,
  contentful,
  discord,
  dockerHub,
  docusign,
  dropbox,
  gitea,
  github,
  gitlab,
  gocardless,
  hubspot,
  intercom,
  jira,
  jiraConnect,
  line,
  linear,
  mailchimp,
  mailgun,
  mandrill,
  meta,
  microsoftGraph,
  mollie,
  mollieClassic,
  notion,
  okta,
  paddle,
  paddleClassic,
  pagerduty,
  paypal,
  plaid,
  postmark,
  razorpay,
  resend,
  sendgrid,
  sentry,
  shopify,
  slack,
  sns,
  square,
  standardWebhooks,
  stripe,
  svix,
  telegram,
  trello,
  twilio,
  typeform,
  unsigned,
  vercel,
  woocommerce,
  x,
  xero,
  zendesk,
  zoom,
} as const satisfies Readonly<Record<string, Provider>>;
