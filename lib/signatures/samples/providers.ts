import { adyenPlatform } from '../providers/adyen-platform/adyen-platform.sample.js';
import { adyen } from '../providers/adyen/adyen.sample.js';
import { asana } from '../providers/asana/asana.sample.js';
import { bitbucket } from '../providers/bitbucket/bitbucket.sample.js';
import { braintree } from '../providers/braintree/braintree.sample.js';
import { calendly } from '../providers/calendly/calendly.sample.js';
import { clerk } from '../providers/clerk/clerk.sample.js';
import { cloudEvents } from '../providers/cloud-events/cloud-events.sample.js';
import { coinbaseCommerce } from '../providers/coinbase-commerce/coinbase-commerce.sample.js';
import { contentful } from '../providers/contentful/contentful.sample.js';
import { discord } from '../providers/discord/discord.sample.js';
import { dockerHub } from '../providers/docker-hub/docker-hub.sample.js';
import { docusign } from '../providers/docusign/docusign.sample.js';
import { dropbox } from '../providers/dropbox/dropbox.sample.js';
import { gitea } from '../providers/gitea/gitea.sample.js';
import { github } from '../providers/github/github.sample.js';
import { gitlab } from '../providers/gitlab/gitlab.sample.js';
import { gocardless } from '../providers/gocardless/gocardless.sample.js';
import { hubspot } from '../providers/hubspot/hubspot.sample.js';
import { intercom } from '../providers/intercom/intercom.sample.js';
import { jiraConnect } from '../providers/jira-connect/jira-connect.sample.js';
import { jira } from '../providers/jira/jira.sample.js';
import { line } from '../providers/line/line.sample.js';
import { linear } from '../providers/linear/linear.sample.js';
import { mailchimp } from '../providers/mailchimp/mailchimp.sample.js';
import { mailgun } from '../providers/mailgun/mailgun.sample.js';
import { mandrill } from '../providers/mandrill/mandrill.sample.js';
import { meta } from '../providers/meta/meta.sample.js';
import { microsoftGraph } from '../providers/microsoft-graph/microsoft-graph.sample.js';
import { mollieClassic } from '../providers/mollie-classic/mollie-classic.sample.js';
import { mollie } from '../providers/mollie/mollie.sample.js';
import { notion } from '../providers/notion/notion.sample.js';
import { okta } from '../providers/okta/okta.sample.js';
import { paddleClassic } from '../providers/paddle-classic/paddle-classic.sample.js';
import { paddle } from '../providers/paddle/paddle.sample.js';
import { pagerduty } from '../providers/pagerduty/pagerduty.sample.js';
import { paypal } from '../providers/paypal/paypal.sample.js';
import { plaid } from '../providers/plaid/plaid.sample.js';
import { postmark } from '../providers/postmark/postmark.sample.js';
import { razorpay } from '../providers/razorpay/razorpay.sample.js';
import { resend } from '../providers/resend/resend.sample.js';
import { sendgrid } from '../providers/sendgrid/sendgrid.sample.js';
import { sentry } from '../providers/sentry/sentry.sample.js';
import { shopify } from '../providers/shopify/shopify.sample.js';
import { slack } from '../providers/slack/slack.sample.js';
import { sns } from '../providers/sns/sns.sample.js';
import { square } from '../providers/square/square.sample.js';
import { standardWebhooks } from '../providers/standard-webhooks/standard-webhooks.sample.js';
import { stripe } from '../providers/stripe/stripe.sample.js';
import { svix } from '../providers/svix/svix.sample.js';
import { telegram } from '../providers/telegram/telegram.sample.js';
import { trello } from '../providers/trello/trello.sample.js';
import { twilio } from '../providers/twilio/twilio.sample.js';
import { typeform } from '../providers/typeform/typeform.sample.js';
import { unsigned } from '../providers/unsigned/unsigned.sample.js';
import { vercel } from '../providers/vercel/vercel.sample.js';
import { woocommerce } from '../providers/woocommerce/woocommerce.sample.js';
import { x } from '../providers/x/x.sample.js';
import { xero } from '../providers/xero/xero.sample.js';
import { zendesk } from '../providers/zendesk/zendesk.sample.js';
import { zoom } from '../providers/zoom/zoom.sample.js';
import type { ListedProvider } from './provider.js';

/**
 * All providers that have samples, by the name of their scheme's function. The testing kit and the
 * command line offer these.
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
} as const satisfies Readonly<Record<string, ListedProvider>>;
