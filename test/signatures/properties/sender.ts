import { WebhookError } from '../../../lib/errors/webhook.error.js';
import type { SignedRequest } from '../../../lib/signatures/signature-scheme.js';
import type { SigningScheme } from '../../../lib/signatures/signing.scheme.js';
import { Occasion } from '../../../lib/signatures/samples/occasion.js';
import type { Provider, Sample } from '../../../lib/signatures/samples/provider.js';
import { FORM_TYPE, JSON_TYPE } from '../content-types.js';
import { fieldsIn, LAST_PART, part, PARTS_TYPE } from '../in-parts.js';
import { ID, NOW, URL_HERE } from './subject.js';

/** Bodies by which senders check or set up a URL. */
const QUESTIONS = [
  { type: 'url_verification', challenge: 'c', verification_token: 'secret_t' },
  { event: 'endpoint.url_validation', payload: { plainToken: 'p' }, event_ts: NOW.getTime() },
  { type: 1, application_id: '1', version: 1, event: null },
  { events: [], destination: 'U1' },
  { Type: 'UnsubscribeConfirmation', Token: 't', SubscribeURL: 'https://example.com' },
].map((it) => JSON.stringify(it));

const HEADERS_OF_QUESTIONS = {
  'x-hook-secret': 's'.repeat(32),
  'webhook-request-origin': 'example.com',
  'webhook-request-rate': '100',
  'x-okta-verification-challenge': 'c',
};

/** A form in parts, with a file. */
function inParts({ body, headers, ...rest }: SignedRequest): SignedRequest {
  const fields = fieldsIn(Buffer.from(body).toString('utf8'));
  const file = part(
    'file',
    'file',
    '; filename="a.txt"; filename*=UTF-8\'\'a.txt\r\nContent-Type: text/plain; charset=utf-8',
  );
  const parts = [...fields.map(([name, value]) => part(name, value)), file, LAST_PART];
  return { ...rest, headers: { ...headers, ...PARTS_TYPE }, body: Buffer.from(parts.join('')) };
}

function written(payload: unknown, { format }: Sample): string {
  if (typeof payload === 'string') return payload;
  return format === 'form'
    ? new URLSearchParams(payload as Record<string, string>).toString()
    : JSON.stringify(payload);
}

/** A sender's scheme, with each of its samples signed, and what strangers may ask. */
export class Sender {
  readonly scheme: SigningScheme;
  readonly signed: readonly SignedRequest[];
  /** All that a stranger may start from. */
  readonly requests: readonly SignedRequest[];

  constructor({ create, newSecret, account = '', samples }: Provider) {
    this.scheme = create({ secret: newSecret(), url: URL_HERE, account });
    const event = new Occasion(ID, NOW, account);
    this.signed = Object.values<Sample>(samples).map((sample) => {
      const headers = {
        ...(sample.format === 'form' ? FORM_TYPE : JSON_TYPE),
        ...sample.headers?.(event),
      };
      const body = Buffer.from(written(sample.payload(event), sample));
      return this.sign({ method: 'POST', url: URL_HERE, headers, body })!;
    });
    const [first] = this.signed;
    const headers = { ...first!.headers, ...HEADERS_OF_QUESTIONS };
    const questions = QUESTIONS.map((body) => ({
      method: 'POST',
      url: URL_HERE,
      headers,
      body: Buffer.from(body),
    }));
    this.requests = [...this.signed, ...this.signed.map(inParts), ...questions];
  }

  /** Signs what the sender never would; `undefined` where that cannot be signed. */
  sign({ method, url, headers, body }: SignedRequest): SignedRequest | undefined {
    try {
      // As a host in JavaScript could give them.
      const given = headers as Record<string, string>;
      const message = this.scheme.sign({
        body,
        id: ID,
        timestamp: NOW,
        method,
        url,
        headers: given,
      });
      return {
        method,
        url: message.url ?? url,
        headers: { ...headers, ...message.headers },
        body: message.body,
      };
    } catch (error) {
      if (error instanceof WebhookError) return undefined;
      throw error;
    }
  }
}
