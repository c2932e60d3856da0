import { createHash } from 'node:crypto';
import { github } from '../../lib/signatures/providers/github/github.js';
import { hubspot } from '../../lib/signatures/providers/hubspot/hubspot.js';
import { linear } from '../../lib/signatures/providers/linear/linear.js';
import { notion } from '../../lib/signatures/providers/notion/notion.js';
import { shopify } from '../../lib/signatures/providers/shopify/shopify.js';
import { emptyBody, emptySecret, fromTheFuture, invalidBytes, spelling } from './differences.js';
import {
  bytes,
  header,
  JSON_TYPE,
  load,
  mac,
  NOW,
  post,
  text,
  URL_HERE,
  type OwnLibrary,
} from './own-library.js';

const Octokit = load<{
  sign(secret: string, body: string): Promise<string>;
  verify(secret: string, body: string, signature: string): Promise<boolean>;
}>('@octokit/webhooks-methods');
load('@shopify/shopify-api/adapters/node');
const { shopifyApi, ApiVersion } = load<{
  ApiVersion: Record<string, string>;
  shopifyApi(config: object): {
    webhooks: { validate(given: object): Promise<{ valid: boolean }> };
  };
}>('@shopify/shopify-api');
const { Signature } = load<{ Signature: { isValid(given: object): boolean } }>(
  '@hubspot/api-client',
);
const { LinearWebhookClient } = load<{
  LinearWebhookClient: new (secret: string) => { verify(body: Buffer, header: string): boolean };
}>('@linear/sdk/webhooks');
const Notion = load<{
  verifyWebhookSignature(given: object): Promise<boolean>;
  signWebhookPayload(given: object): Promise<string>;
}>('@notionhq/client');

const SECRETS = ['the secret of an app', 'the secret of another'] as const;
const GITHUB = 'x-hub-signature-256';
const SHOPIFY = 'x-shopify-hmac-sha256';
const LINEAR = 'linear-signature';
const NOTION = 'x-notion-signature';
const HUBSPOT = 'x-hubspot-signature';
const HUBSPOT_V3 = 'x-hubspot-signature-v3';
const HUBSPOT_TIME = 'x-hubspot-request-timestamp';

/** What Shopify's library wants beside the signature. */
const SHOPIFY_HEADERS = {
  ...JSON_TYPE,
  'x-shopify-topic': 'orders/create',
  'x-shopify-shop-domain': 'shop.example.com',
  'x-shopify-api-version': '2026-01',
  'x-shopify-webhook-id': 'b1',
};

const hubspotLegacy = (version: 'v1' | 'v2'): OwnLibrary => {
  const target = version === 'v2' ? `POST${URL_HERE}` : '';
  return {
    name: '@hubspot/api-client',
    way: version,
    create: (secret) =>
      version === 'v1' ? hubspot({ secret, version }) : hubspot({ secret, version, url: URL_HERE }),
    secrets: SECRETS,
    signature: HUBSPOT,
    accepts: (request, clientSecret) =>
      Signature.isValid({
        signatureVersion: version,
        method: request.method,
        url: URL_HERE,
        clientSecret,
        requestBody: text(request),
        signature: header(request, HUBSPOT),
      }),
    send: (body, secret) => {
      const content = Buffer.concat([Buffer.from(`${secret}${target}`), body]);
      const digest = createHash('sha256').update(content).digest('hex');
      return post(body, { [HUBSPOT]: digest, 'x-hubspot-signature-version': version });
    },
    differences: [emptySecret, invalidBytes],
  };
};

export const apps: readonly OwnLibrary[] = [
  {
    name: '@octokit/webhooks-methods',
    way: 'sha256',
    create: (secret) => github({ secret }),
    secrets: SECRETS,
    signature: GITHUB,
    accepts: (request, secret) => Octokit.verify(secret, text(request), header(request, GITHUB)),
    send: async (body, secret) =>
      post(body, {
        [GITHUB]:
          body.length === 0
            ? `sha256=${mac(body, secret, 'hex')}`
            : await Octokit.sign(secret, body.toString('utf8')),
      }),
    differences: [invalidBytes, emptyBody],
  },
  {
    name: '@shopify/shopify-api',
    way: 'body',
    create: (secret) => shopify({ secret }),
    secrets: SECRETS,
    signature: SHOPIFY,
    headers: SHOPIFY_HEADERS,
    accepts: async (request, apiSecretKey) => {
      const api = shopifyApi({
        apiKey: 'key',
        apiSecretKey,
        hostName: 'example.com',
        apiVersion: Object.values(ApiVersion)[0],
        isEmbeddedApp: true,
        logger: { log: () => undefined },
      });
      const { url, method, headers } = request;
      const rawRequest = { url, method, headers };
      const given = { rawBody: text(request), rawRequest, rawResponse: {} };
      return (await api.webhooks.validate(given)).valid;
    },
    send: (body, secret) =>
      post(body, { ...SHOPIFY_HEADERS, [SHOPIFY]: mac(body, secret, 'base64') }),
    differences: [
      invalidBytes,
      emptyBody,
      {
        given: 'no headers besides the signature',
        theirs: 'refused',
        ours: 'accepted',
        why: 'they are not signed, and so prove nothing; the host sees which of them are missing',
        make: ({ secrets }) => post('{}', { [SHOPIFY]: mac('{}', secrets[0], 'base64') }),
      },
    ],
  },
  hubspotLegacy('v1'),
  hubspotLegacy('v2'),
  {
    name: '@hubspot/api-client',
    way: 'v3',
    create: (secret) => hubspot({ secret, url: URL_HERE }),
    secrets: SECRETS,
    signature: HUBSPOT_V3,
    toleranceSeconds: 300,
    accepts: (request, clientSecret) =>
      Signature.isValid({
        signatureVersion: 'v3',
        method: request.method,
        url: URL_HERE,
        clientSecret,
        requestBody: text(request),
        signature: header(request, HUBSPOT_V3),
        timestamp: Number(header(request, HUBSPOT_TIME)),
      }),
    send: (body, secret, at) => {
      const time = String(at.getTime());
      const content = Buffer.concat([Buffer.from(`POST${URL_HERE}`), body, Buffer.from(time)]);
      return post(body, { [HUBSPOT_TIME]: time, [HUBSPOT_V3]: mac(content, secret, 'base64') });
    },
    differences: [
      emptySecret,
      fromTheFuture,
      invalidBytes,
      {
        given: 'a fraction after the time',
        theirs: 'accepted',
        ours: 'malformed-signature',
        why: 'the text is signed; theirs is given a number, and signs what it prints of that',
        make: async ({ send, secrets }) => {
          const request = await send(Buffer.from('{}'), secrets[0], NOW);
          const time = `${header(request, HUBSPOT_TIME)}.0`;
          return { ...request, headers: { ...request.headers, [HUBSPOT_TIME]: time } };
        },
      },
    ],
  },
  {
    name: '@linear/sdk',
    way: 'body',
    create: (secret) => linear({ secret }),
    secrets: SECRETS,
    signature: LINEAR,
    toleranceSeconds: 60,
    bodies: (at) => [
      JSON.stringify({ action: 'create', type: 'Issue', webhookTimestamp: at.getTime() }),
      JSON.stringify({ type: 'Zoë 😀', data: 1, webhookTimestamp: at.getTime() }, undefined, 1),
    ],
    accepts: (request, secret) =>
      new LinearWebhookClient(secret).verify(bytes(request), header(request, LINEAR)),
    send: (body, secret) => post(body, { [LINEAR]: mac(body, secret, 'hex') }),
    differences: [
      {
        given: 'a time as text',
        theirs: 'refused',
        ours: 'accepted',
        why: 'it is signed, and has only one reading',
        make: ({ send, secrets }) =>
          send(Buffer.from(`{"webhookTimestamp":"${NOW.getTime()}"}`), secrets[0], NOW),
      },
    ],
  },
  {
    name: '@notionhq/client',
    way: 'body',
    create: (secret) => notion({ secret }),
    secrets: SECRETS,
    signature: NOTION,
    accepts: (request, verificationToken) =>
      Notion.verifyWebhookSignature({
        body: bytes(request),
        signature: header(request, NOTION),
        verificationToken,
      }),
    send: async (body, verificationToken) =>
      post(body, { [NOTION]: await Notion.signWebhookPayload({ body, verificationToken }) }),
    differences: [
      spelling('the digits of the signature in upper case', (good) =>
        good.toUpperCase().replace('SHA256', 'sha256'),
      ),
    ],
  },
];
