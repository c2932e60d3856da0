import { randomUUID } from 'node:crypto';
import { WebhookError } from '../errors/webhook.error.js';
import type { SigningScheme } from '../signatures/signing.scheme.js';

/**
 * What a request says beside its payload.
 *
 * @publicApi
 */
export interface SignedRequestOptions {
  /**
   * Id of the event, for senders that have it in a header; those that have it in the body take it from
   * there. @default a new one for each request
   */
  readonly id?: string;
  /** When it is sent; a {@link FakeClock} has it as `clock.date`. @default the present instant */
  readonly timestamp?: Date;
  /** Upper-case HTTP method. @default 'POST' */
  readonly method?: string;
  /** The URL that it is sent to, for senders that sign it. @default none */
  readonly url?: string;
  /** Further headers, such as the event's type where the sender has it there. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** How an object is written. @default 'json' */
  readonly format?: 'json' | 'form';
}

/**
 * A request ready to send: by supertest (`.set(headers).send(body)`), by fetch (`fetch(url, request)`),
 * and by Fastify (`app.inject({ ...request, url })`).
 *
 * @publicApi
 */
export interface SignedTestRequest {
  /** Where to send it, if that was given, or something of the signature goes into it. */
  readonly url?: string;
  readonly method: string;
  /** Lower-case names; with the content type. */
  readonly headers: Record<string, string>;
  /** As text, since some HTTP clients would write bytes of the type JSON as a JSON of their own. */
  readonly body: string;
}

/**
 * Signs a payload as its sender does.
 *
 * @param scheme the sender, with the secret that the application has for it
 * @param payload an object, which is written as JSON (or as a form); `URLSearchParams`; or the very text
 * of the body
 * @param options what the request says beside its payload
 * @throws {WebhookError} (code `UNSIGNABLE`) for what the other side would refuse, and for a body that is
 * not text
 * @throws {ConfigurationError} when the scheme's secret is a function
 * @example
 * ```ts
 * const { headers, body } = signedRequest(stripe({ secret }), samplePayload('stripe', 'invoice.paid'));
 * await request(app.getHttpServer()).post('/webhooks/stripe').set(headers).send(body).expect(200);
 * ```
 * @publicApi
 */
export function signedRequest(
  scheme: SigningScheme,
  payload: unknown,
  options: SignedRequestOptions = {},
): SignedTestRequest {
  const { method = 'POST', url, timestamp = new Date(), format = 'json' } = options;
  const id = options.id ?? `msg_${randomUUID().replaceAll('-', '')}`;
  const { text, type } = written(payload, format);
  const headers = { 'content-type': type, ...lowerCase(options.headers ?? {}) };
  const message = scheme.sign({
    body: text,
    id,
    timestamp,
    method,
    headers,
    ...(url === undefined ? {} : { url }),
  });
  const target = message.url ?? url;
  return {
    ...(target === undefined ? {} : { url: target }),
    method,
    headers: { ...headers, ...message.headers },
    body: decode(message.body),
  };
}

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

function written(payload: unknown, format: 'json' | 'form'): { text: string; type: string } {
  const type = format === 'form' ? FORM : JSON_TYPE;
  if (payload instanceof URLSearchParams) return { text: payload.toString(), type: FORM };
  if (payload instanceof Uint8Array) return { text: decode(payload), type };
  if (typeof payload === 'string') return { text: payload, type };
  if (format === 'form') return { text: toForm(payload).toString(), type };
  const text = JSON.stringify(payload) as string | undefined;
  if (text === undefined) throw unsendable('JSON cannot hold this payload.');
  return { text, type };
}

function toForm(payload: unknown): URLSearchParams {
  if (typeof payload !== 'object' || payload === null) {
    throw unsendable('A form needs an object of texts and numbers.');
  }
  return new URLSearchParams(
    Object.entries(payload).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unsendable('The body is not text in UTF-8. Use `scheme.sign({ body })` for bytes.');
  }
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function unsendable(message: string): WebhookError {
  return new WebhookError('UNSIGNABLE', message);
}
