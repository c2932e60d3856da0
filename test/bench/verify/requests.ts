import { createHmac } from 'node:crypto';
import { webhookBody } from '../load/signed.requests.js';

/** A request as the receiver has it: headers as Node.js gives them, and the body's bytes. */
export interface ReceivedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export const SENDERS = ['stripe', 'github', 'standardWebhooks'] as const;
export type Sender = (typeof SENDERS)[number];

export const KEY = Buffer.alloc(32, 7);

/** The secret as each sender shows it. */
export const SECRETS: Readonly<Record<Sender, string>> = {
  stripe: `whsec_${KEY.toString('hex')}`,
  github: KEY.toString('hex'),
  standardWebhooks: `whsec_${KEY.toString('base64')}`,
};

/** What HTTP clients and proxies add. */
const USUAL_HEADERS = {
  host: 'example.com',
  'user-agent': 'Sender/1.0 (+https://sender.example.com)',
  accept: '*/*',
  'accept-encoding': 'gzip',
  'content-type': 'application/json',
  'content-length': '1024',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
};

/** Signed requests that differ in id, and so in signature. */
export function signedRequests(sender: Sender, count: number): ReceivedRequest[] {
  const seconds = String(Math.floor(Date.now() / 1_000));
  return Array.from({ length: count }, (_, index) => {
    const id = `evt_${String(index).padStart(12, '0')}`;
    const text = webhookBody().replace('{"type":', `{"id":"${id}","type":`);
    // As long as without the id.
    const body = Buffer.from(text.replace('x'.repeat(`"id":"${id}",`.length), ''));
    return { headers: { ...USUAL_HEADERS, ...HEADERS[sender](id, seconds, body) }, body };
  });
}

const HEADERS: Readonly<
  Record<Sender, (id: string, seconds: string, body: Buffer) => Record<string, string>>
> = {
  stripe: (_, seconds, body) => ({
    'stripe-signature': `t=${seconds},v1=${hash(SECRETS.stripe, `${seconds}.`, body).toString('hex')}`,
  }),
  github: (id, _, body) => ({
    'x-github-event': 'issues',
    'x-github-delivery': id,
    'x-hub-signature-256': `sha256=${hash(SECRETS.github, '', body).toString('hex')}`,
  }),
  standardWebhooks: (id, seconds, body) => ({
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${hash(KEY, `${id}.${seconds}.`, body).toString('base64')}`,
  }),
};

function hash(key: string | Buffer, before: string, body: Buffer): Buffer {
  return createHmac('sha256', key).update(before).update(body).digest();
}
