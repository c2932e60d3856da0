import { adyenPlatform } from '../../lib/signatures/providers/adyen-platform/adyen-platform.js';
import { coinbaseCommerce } from '../../lib/signatures/providers/coinbase-commerce/coinbase-commerce.js';
import { gocardless } from '../../lib/signatures/providers/gocardless/gocardless.js';
import { paddle } from '../../lib/signatures/providers/paddle/paddle.js';
import { razorpay } from '../../lib/signatures/providers/razorpay/razorpay.js';
import { square } from '../../lib/signatures/providers/square/square.js';
import { stripe } from '../../lib/signatures/providers/stripe/stripe.js';
import {
  byteOrderMark,
  emptyBody,
  emptySecret,
  fromTheFuture,
  invalidBytes,
  noJson,
  repeated,
  spelling,
} from './differences.js';
import {
  bytes,
  header,
  HEX_KEYS,
  load,
  mac,
  NOW,
  post,
  seconds,
  text,
  URL_HERE,
  withHeader,
  type OwnLibrary,
} from './own-library.js';

const Stripe = load<{
  webhooks: {
    constructEvent(payload: Buffer, header: string, secret: string): unknown;
    generateTestHeaderString(given: object): string;
  };
}>('stripe');
const { Paddle } = load<{
  Paddle: new (key: string) => {
    webhooks: { isSignatureValid(body: string, secret: string, header: string): Promise<boolean> };
  };
}>('@paddle/paddle-node-sdk');
const { WebhooksHelper } = load<{
  WebhooksHelper: {
    isValidWebhookEventSignature(body: string, header: string, key: string, url: string): boolean;
  };
}>('square');
const Razorpay = load<{
  validateWebhookSignature(body: string, header: string, secret: string): boolean;
}>('razorpay');
const { Webhook: CoinbaseWebhook } = load<{
  Webhook: {
    verifyEventBody(body: string, header: string, secret: string): unknown;
    computeSignature(body: string, secret: string): string;
  };
}>('coinbase-commerce-node');
const { parse } = load<{ parse(body: Buffer, secret: string, header: string): unknown }>(
  'gocardless-nodejs/webhooks',
);
const { hmacValidator: HmacValidator } = load<{
  hmacValidator: new () => {
    calculateHmac(body: string, key: string): string;
    validateHMACSignature(key: string, signature: string, body: string): boolean;
  };
}>('@adyen/api-library');

const SECRETS = ['the secret of a shop', 'the secret of another'] as const;

const STRIPE = 'stripe-signature';
const PADDLE = 'paddle-signature';
const SQUARE = 'x-square-hmacsha256-signature';
const RAZORPAY = 'x-razorpay-signature';
const COINBASE = 'x-cc-webhook-signature';
const GOCARDLESS = 'webhook-signature';
const ADYEN = 'hmacsignature';

export const payments: readonly OwnLibrary[] = [
  {
    name: 'stripe',
    way: 'v1',
    create: (secret) => stripe({ secret }),
    secrets: ['whsec_right', 'whsec_wrong'],
    signature: STRIPE,
    toleranceSeconds: 300,
    accepts: (request, secret) => {
      Stripe.webhooks.constructEvent(bytes(request), header(request, STRIPE), secret);
      return true;
    },
    send: (body, secret, at) =>
      post(body, {
        [STRIPE]: Stripe.webhooks.generateTestHeaderString({
          payload: body.toString('utf8'),
          secret,
          timestamp: Number(seconds(at)),
        }),
      }),
    differences: [
      fromTheFuture,
      invalidBytes,
      byteOrderMark,
      noJson,
      emptyBody,
      // Fields of a header that came twice are fields of one header to theirs.
      repeated('behind'),
      spelling('letters behind the time', (good) => good.replace(',', 'abc,')),
      spelling('a fraction after the time', (good) => good.replace(',', '.0,')),
    ],
  },
  {
    name: '@paddle/paddle-node-sdk',
    way: 'billing',
    create: (secret) => paddle({ secret }),
    secrets: SECRETS,
    signature: PADDLE,
    toleranceSeconds: 5,
    accepts: (request, secret) =>
      new Paddle('key').webhooks.isSignatureValid(text(request), secret, header(request, PADDLE)),
    send: (body, secret, at) => {
      const time = seconds(at);
      const digest = mac(Buffer.concat([Buffer.from(`${time}:`), body]), secret, 'hex');
      return post(body, { [PADDLE]: `ts=${time};h1=${digest}` });
    },
    differences: [
      emptySecret,
      fromTheFuture,
      invalidBytes,
      spelling('letters behind the time', (good) => good.replace(';', 'abc;')),
      {
        given: 'the right signature before one of another secret',
        theirs: 'refused',
        ours: 'accepted',
        why: 'both are sent while a secret is rotated, in either order; theirs looks at the last',
        make: ({ send, secrets }) => {
          const body = Buffer.from('{"n":1}');
          const request = send(body, secrets[0], NOW);
          const other = mac(`${seconds(NOW)}:{"n":1}`, secrets[1], 'hex');
          return Promise.resolve(request).then((good) =>
            withHeader(good, PADDLE, `${header(good, PADDLE)};h1=${other}`),
          );
        },
      },
    ],
  },
  {
    name: 'square',
    way: 'notification URL and body',
    create: (secret) => square({ secret, url: URL_HERE }),
    secrets: SECRETS,
    signature: SQUARE,
    accepts: (request, secret) =>
      WebhooksHelper.isValidWebhookEventSignature(
        text(request),
        header(request, SQUARE),
        secret,
        URL_HERE,
      ),
    send: (body, secret) =>
      post(body, {
        [SQUARE]: mac(Buffer.concat([Buffer.from(URL_HERE), body]), secret, 'base64'),
      }),
    differences: [invalidBytes],
  },
  {
    name: 'razorpay',
    way: 'body',
    create: (secret) => razorpay({ secret }),
    secrets: SECRETS,
    signature: RAZORPAY,
    accepts: (request, secret) =>
      Razorpay.validateWebhookSignature(text(request), header(request, RAZORPAY), secret),
    send: (body, secret) => post(body, { [RAZORPAY]: mac(body, secret, 'hex') }),
    differences: [emptySecret, invalidBytes],
  },
  {
    name: 'coinbase-commerce-node',
    way: 'body',
    create: (secret) => coinbaseCommerce({ secret }),
    secrets: SECRETS,
    signature: COINBASE,
    accepts: (request, secret) => {
      CoinbaseWebhook.verifyEventBody(text(request), header(request, COINBASE), secret);
      return true;
    },
    send: (body, secret) =>
      post(body, { [COINBASE]: CoinbaseWebhook.computeSignature(body.toString('utf8'), secret) }),
    differences: [
      emptySecret,
      invalidBytes,
      noJson,
      {
        given: 'JSON without an event',
        theirs: 'refused',
        ours: 'accepted',
        why: 'what a body holds does not depend on who sent it',
        make: ({ send, secrets }) => send(Buffer.from('{}'), secrets[0], NOW),
      },
    ],
  },
  {
    name: 'gocardless-nodejs',
    way: 'body',
    create: (secret) => gocardless({ secret }),
    secrets: SECRETS,
    signature: GOCARDLESS,
    accepts: (request, secret) => {
      parse(bytes(request), secret, header(request, GOCARDLESS));
      return true;
    },
    send: (body, secret) => post(body, { [GOCARDLESS]: mac(body, secret, 'hex') }),
    differences: [
      emptySecret,
      noJson,
      repeated('behind'),
      spelling('text after the signature', (good) => `${good}, and more`),
      spelling('the signature in upper case', (good) => good.toUpperCase()),
    ],
  },
  {
    name: '@adyen/api-library',
    way: 'platform',
    create: (secret) => adyenPlatform({ secret }),
    secrets: HEX_KEYS,
    signature: ADYEN,
    accepts: (request, secret) =>
      new HmacValidator().validateHMACSignature(secret, header(request, ADYEN), text(request)),
    send: (body, secret) =>
      post(body, {
        [ADYEN]: new HmacValidator().calculateHmac(body.toString('utf8'), secret),
        protocol: 'HmacSHA256',
      }),
    differences: [
      emptySecret,
      invalidBytes,
      repeated('behind'),
      spelling('base64 without its padding', (good) => good.replace(/=+$/, '')),
      spelling('text behind the padding', (good) => `${good}more`),
      spelling('the alphabet of base64url', (good) => `${base64url(good)}=`),
    ],
  },
];

/** The text differs also where the digest has neither of the two characters: in a leading blank. */
function base64url(good: string): string {
  const other = good.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return other === good.replace(/=+$/, '') ? ` ${other}` : other;
}
