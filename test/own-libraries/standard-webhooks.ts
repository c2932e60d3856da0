import { clerk } from '../../lib/signatures/providers/clerk/clerk.js';
import { resend } from '../../lib/signatures/providers/resend/resend.js';
import { standardWebhooks } from '../../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { svix } from '../../lib/signatures/providers/svix/svix.js';
import { byteOrderMark, invalidBytes, noJson, repeated, spelledTime } from './differences.js';
import {
  bytes,
  header,
  load,
  post,
  text,
  type Difference,
  type OwnLibrary,
} from './own-library.js';

interface Webhook {
  verify(payload: string | Buffer, headers: unknown): unknown;
  sign(id: string, at: Date, payload: string | Buffer): string;
}
type WebhookClass = new (secret: string) => Webhook;

const { Webhook: StandardWebhook } = load<{ Webhook: WebhookClass }>('standardwebhooks');
const { Webhook: SvixWebhook } = load<{ Webhook: WebhookClass }>('svix');
const { verifyWebhook } = load<{
  verifyWebhook(request: Request, options: { signingSecret: string }): Promise<unknown>;
}>('@clerk/backend/webhooks');
const { Resend } = load<{
  Resend: new (key: string) => { webhooks: { verify(given: object): unknown } };
}>('resend');

const SECRETS = [
  `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`,
  `whsec_${Buffer.from('another key of 24 bytes!').toString('base64')}`,
] as const;

const ID = 'msg_1';

/** By the library that all of them use. */
const send =
  (family: string) =>
  (body: Buffer, secret: string, at: Date): ReturnType<typeof post> =>
    post(body, {
      [`${family}-id`]: ID,
      [`${family}-timestamp`]: String(Math.floor(at.getTime() / 1_000)),
      [`${family}-signature`]: new StandardWebhook(secret).sign(ID, at, body),
    });

const shared = (family: string): Omit<OwnLibrary, 'name' | 'create' | 'accepts'> => ({
  way: 'v1',
  secrets: SECRETS,
  signature: `${family}-signature`,
  toleranceSeconds: 300,
  send: send(family),
  differences: [
    noJson,
    invalidBytes,
    repeated('before'),
    repeated('behind'),
    spelledTime('letters behind the time', `${family}-timestamp`, (good) => `${good}abc`),
    spelledTime('a fraction after the time', `${family}-timestamp`, (good) => `${good}.0`),
    spelledTime('a zero before the time', `${family}-timestamp`, (good) => `0${good}`),
    spelledTime('a sign before the time', `${family}-timestamp`, (good) => `+${good}`),
    aDotInTheId(family),
  ],
});

/** One signature holds for two splits of the text between the dots. */
function aDotInTheId(family: string): Difference {
  return {
    given: 'a dot in the id',
    theirs: 'accepted',
    ours: 'malformed-signature',
    why: 'the dot ends the id in what is signed, and could end it elsewhere as well',
    make: ({ secrets }) => {
      const at = new Date();
      const body = '{"type":"a"}';
      return post(body, {
        [`${family}-id`]: 'msg.1',
        [`${family}-timestamp`]: String(Math.floor(at.getTime() / 1_000)),
        [`${family}-signature`]: new StandardWebhook(secrets[0]).sign('msg.1', at, body),
      });
    },
  };
}

export const standardWebhooksFamily: readonly OwnLibrary[] = [
  {
    ...shared('webhook'),
    name: 'standardwebhooks',
    create: (secret) => standardWebhooks({ secret }),
    accepts: (request, secret) => {
      new StandardWebhook(secret).verify(bytes(request), request.headers);
      return true;
    },
  },
  {
    ...shared('svix'),
    name: 'svix',
    create: (secret) => svix({ secret }),
    accepts: (request, secret) => {
      new SvixWebhook(secret).verify(bytes(request), request.headers);
      return true;
    },
  },
  {
    ...shared('svix'),
    name: '@clerk/backend',
    create: (secret) => clerk({ secret }),
    accepts: async (request, secret) => {
      const { url, method, headers } = request;
      const given = new Request(url, {
        method,
        headers: headers as Record<string, string>,
        body: bytes(request),
      });
      await verifyWebhook(given, { signingSecret: secret });
      return true;
    },
    differences: [...shared('svix').differences, byteOrderMark],
  },
  {
    ...shared('svix'),
    name: 'resend',
    create: (secret) => resend({ secret }),
    accepts: (request, secret) => {
      new Resend('re_1').webhooks.verify({
        payload: text(request),
        headers: {
          id: header(request, 'svix-id'),
          timestamp: header(request, 'svix-timestamp'),
          signature: header(request, 'svix-signature'),
        },
        webhookSecret: secret,
      });
      return true;
    },
  },
];
