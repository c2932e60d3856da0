import { line, meta, slack, telegram, x, zoom } from './chat.js';
import { bitbucket, dockerHub, gitea, github, gitlab, vercel } from './code.js';
import { shopify, woocommerce } from './commerce.js';
import { clerk, okta } from './identity.js';
import { postmark, resend } from './mail.js';
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
import {
  asana,
  calendly,
  docusign,
  dropbox,
  jira,
  linear,
  notion,
  trello,
  typeform,
} from './work.js';
import type { Provider } from './provider.js';

/**
 * All providers that have samples, by the name of their scheme's function. The testing kit and the
 * command line know no others.
 *
 * @internal
 */
export const PROVIDERS = {
  adyenPlatform,
  asana,
  bitbucket,
  calendly,
  clerk,
  cloudEvents,
  coinbaseCommerce,
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
  line,
  linear,
  meta,
  mollie,
  mollieClassic,
  notion,
  okta,
  paddle,
  pagerduty,
  postmark,
  razorpay,
  resend,
  sentry,
  shopify,
  slack,
  square,
  standardWebhooks,
  stripe,
  svix,
  telegram,
  trello,
  typeform,
  unsigned,
  vercel,
  woocommerce,
  x,
  xero,
  zendesk,
  zoom,
} as const satisfies Readonly<Record<string, Provider>>;
