import { createHmac } from 'node:crypto';
import type { SignedRequest } from '../../../lib/signatures/signature-scheme.js';
import { FORM_TYPE, JSON_TYPE } from '../content-types.js';

// Requests as senders make them: nothing here uses the library's own code.

/** The present instant, and half a minute before. */
export const NOW = new Date('2026-03-01T12:00:00.000Z');
export const THEN = new Date('2026-03-01T11:59:30.000Z');
/** The two as senders write them: `THEN` by ISO 8601, `NOW` in seconds and in milliseconds. */
export const ISO = THEN.toISOString();
export const S = NOW.getTime() / 1_000;
export const MS = NOW.getTime();

export const SECRET = 'a secret of Some length';
export const KEY = Buffer.from('0123456789abcdef01234567');
/** `KEY` as Standard Webhooks and Svix write it. */
export const WHSEC = `whsec_${KEY.toString('base64')}`;
export const URL_HERE = 'https://example.com/webhooks/shop?tenant=a%2Fb%20c';

/** The context of a scheme: `NOW`, or some seconds after it. */
export const at = (seconds = 0): { readonly now: Date } => ({
  now: new Date(MS + seconds * 1_000),
});

/** An HMAC over parts that are joined as bytes. */
export function mac(
  encoding: 'hex' | 'base64',
  parts: readonly (string | Uint8Array)[],
  { key = SECRET as string | Buffer, algorithm = 'sha256' } = {},
): string {
  return createHmac(algorithm, key)
    .update(Buffer.concat(parts.map((part) => Buffer.from(part as string))))
    .digest(encoding);
}

/** The headers of Standard Webhooks, Svix and the others of their family. */
export function standardHeaders(family: 'webhook' | 'svix') {
  return (body: Uint8Array): Record<string, string> => ({
    [`${family}-id`]: 'msg_1',
    [`${family}-timestamp`]: String(S),
    [`${family}-signature`]: `v1,${mac('base64', [`msg_1.${S}.`, body], { key: KEY })}`,
  });
}

/** A request of any method. */
export function request(method: string, given: Partial<SignedRequest> = {}): SignedRequest {
  return { url: URL_HERE, headers: {}, body: Buffer.alloc(0), ...given, method };
}

/** A `POST` of a body, without a content type. */
export function post(
  body: string | Uint8Array,
  headers: SignedRequest['headers'] = {},
  url = URL_HERE,
): SignedRequest {
  return request('POST', { url, headers, body: Buffer.from(body as string) });
}

export function postJson(body: unknown, headers: SignedRequest['headers'] = {}): SignedRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return post(text, { ...JSON_TYPE, ...headers });
}

export function postForm(
  fields: string | Record<string, string> | [string, string][],
  headers: SignedRequest['headers'] = {},
): SignedRequest {
  return post(new URLSearchParams(fields).toString(), { ...FORM_TYPE, ...headers });
}

/** A refusal for this reason, or for any. */
export function refused(reason: string = expect.any(String) as string): object {
  return { ok: false, reason };
}
