import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import {
  github,
  hmac,
  standardWebhooks,
  stripe,
  type SignatureScheme,
} from 'nestjs-hookline/signatures';
import { githubLibrary, standardWebhooksLibrary, stripeLibrary } from './libraries.js';
import { KEY, SECRETS, type ReceivedRequest, type Sender } from './requests.js';

/**
 * How a request is verified: by us or by the sender's own library, with the event's id and type read or
 * without; or by only a hash and a comparison.
 */
export type Manner = 'ours' | 'ours-signature' | 'theirs' | 'theirs-signature' | 'bare';

/** Says whether a request is the sender's. */
export type Way = (request: ReceivedRequest) => boolean | Promise<boolean>;

/** Each way is prepared once, as an application does when it starts. */
export async function prepare(sender: Sender, manner: Manner): Promise<Way> {
  switch (manner) {
    case 'ours':
      return byScheme(SCHEMES[sender](), true);
    case 'ours-signature':
      return byScheme(SIGNATURES[sender](), false);
    case 'theirs':
    case 'theirs-signature':
      return LIBRARIES[sender](manner === 'theirs');
    case 'bare':
      return BARE[sender]();
  }
}

const SCHEMES: Readonly<Record<Sender, () => SignatureScheme>> = {
  stripe: () => stripe({ secret: SECRETS.stripe }),
  github: () => github({ secret: SECRETS.github }),
  standardWebhooks: () => standardWebhooks({ secret: SECRETS.standardWebhooks }),
};

/** The same schemes without the facts of the event, for which the body is parsed. */
const SIGNATURES: Readonly<Record<Sender, () => SignatureScheme>> = {
  stripe: () =>
    hmac({
      secret: SECRETS.stripe,
      signature: { header: 'stripe-signature', separator: ',', prefix: 'v1=' },
      timestamp: { entry: 't=' },
      content: '{timestamp}.{body}',
    }),
  github: () =>
    hmac({
      secret: SECRETS.github,
      signature: { header: 'x-hub-signature-256', prefix: 'sha256=' },
    }),
  standardWebhooks: () =>
    hmac({
      secret: SECRETS.standardWebhooks,
      key: { encoding: 'base64', label: 'whsec_' },
      signature: { header: 'webhook-signature', separator: ' ', prefix: 'v1,', encoding: 'base64' },
      timestamp: { header: 'webhook-timestamp' },
      content: '{id}.{timestamp}.{body}',
      idHeader: 'webhook-id',
    }),
};

function byScheme(scheme: SignatureScheme, withFacts: boolean): Way {
  return ({ headers, body }) => {
    // A new request each time: the parsed body is cached with the request.
    const request = { method: 'POST', url: 'https://example.com/webhooks/x', headers, body };
    const result = scheme.verify(request, { now: new Date() });
    if (result instanceof Promise) throw new Error('A constant secret needs no promise.');
    return result.ok && (!withFacts || (result.eventId !== '' && result.eventType !== ''));
  };
}

interface Facts {
  readonly id?: string;
  readonly type?: string;
  readonly action?: string;
}

/** The fastest way that each library offers; if it needs a text, the bytes are decoded. */
const LIBRARIES: Readonly<Record<Sender, (withFacts: boolean) => Promise<Way>>> = {
  async stripe(withFacts) {
    const { webhooks } = await stripeLibrary();
    return ({ headers, body }) => {
      const signature = headers['stripe-signature'] ?? '';
      if (!withFacts) return webhooks.signature.verifyHeader(body, signature, SECRETS.stripe, 300);
      const { id, type } = webhooks.constructEvent(body, signature, SECRETS.stripe) as Facts;
      return id !== '' && type !== '';
    };
  },
  async github(withFacts) {
    const { verify } = await githubLibrary();
    return async ({ headers, body }) => {
      const text = body.toString('utf8');
      const right = await verify(SECRETS.github, text, headers['x-hub-signature-256'] ?? '');
      if (!right || !withFacts) return right;
      const { action } = JSON.parse(text) as Facts;
      return headers['x-github-delivery'] !== '' && action !== '';
    };
  },
  async standardWebhooks(withFacts) {
    const { Webhook } = await standardWebhooksLibrary();
    const webhook = new Webhook(SECRETS.standardWebhooks);
    return ({ headers, body }) => {
      const text = body.toString('utf8');
      const event = webhook.verify(text, headers, { jsonParse: withFacts }) as Facts | undefined;
      return !withFacts || (headers['webhook-id'] !== '' && event?.type !== '');
    };
  },
};

/** The minimum: the hash and the comparison. The key is created once. */
const BARE: Readonly<Record<Sender, () => Way>> = {
  stripe() {
    const key = createSecretKey(SECRETS.stripe, 'utf8');
    return ({ headers, body }) => {
      const [, seconds = '', hex = ''] =
        /^t=(\d+),v1=([0-9a-f]+)$/.exec(headers['stripe-signature'] ?? '') ?? [];
      const expected = createHmac('sha256', key).update(`${seconds}.`).update(body).digest();
      return timingSafeEqual(expected, Buffer.from(hex, 'hex'));
    };
  },
  github() {
    const key = createSecretKey(SECRETS.github, 'utf8');
    return ({ headers, body }) => {
      const hex = headers['x-hub-signature-256']?.slice('sha256='.length) ?? '';
      const expected = createHmac('sha256', key).update(body).digest();
      return timingSafeEqual(expected, Buffer.from(hex, 'hex'));
    };
  },
  standardWebhooks() {
    const key = createSecretKey(KEY);
    return ({ headers, body }) => {
      const before = `${headers['webhook-id'] ?? ''}.${headers['webhook-timestamp'] ?? ''}.`;
      const base64 = headers['webhook-signature']?.slice('v1,'.length) ?? '';
      const expected = createHmac('sha256', key).update(before).update(body).digest();
      return timingSafeEqual(expected, Buffer.from(base64, 'base64'));
    };
  },
};
