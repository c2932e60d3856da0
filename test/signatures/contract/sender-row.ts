import type { Secret } from '../../../lib/signatures/keys/secrets.js';
import type {
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../../../lib/signatures/signature-scheme.js';
import type { SigningScheme } from '../../../lib/signatures/signing.scheme.js';
import { NOW, postJson, SECRET } from './hand-made.js';

/** A sender that puts its signature into a header, with a genuine request made without the library. */
export interface SenderRow {
  readonly create: (secret: Secret) => SigningScheme;
  /** @default SECRET */
  readonly secret?: string;
  /** A secret that the sender could have had before. @default one that fits every encoding but hex */
  readonly otherSecret?: string;
  /** Header of the signature or credential, in lower case. */
  readonly signature: string;
  /** What the signature covers: a credential covers nothing. @default 'body' */
  readonly covers?: 'body' | 'nothing';
  /** Headers that the sender makes for a body. */
  readonly headers: (body: Uint8Array) => Record<string, string>;
  /** Header of the timestamp, if it has its own. */
  readonly time?: string;
  /** Whether the timestamp is in the body. @default false */
  readonly timeInBody?: boolean;
  /** The tolerance, if the sender signs a timestamp, in seconds. */
  readonly toleranceSeconds?: number;
  /** A payload, sent as JSON. */
  readonly body: unknown;
  /** Headers that are not signed. */
  readonly unsigned?: Record<string, string>;
  /** A header of several signatures with a right one among them, if the sender sends such lists. */
  readonly list?: (good: string, body: Uint8Array) => string;
  /** A scheme with `SECRET` for a URL, if the sender signs the URL. */
  readonly createFor?: (url: string | ((request: SignedRequest) => string)) => SigningScheme;
  readonly facts: object;
}

export const secretOf = ({ secret = SECRET }: SenderRow): string => secret;

export const bodyOf = (row: SenderRow): Buffer => Buffer.from(JSON.stringify(row.body));

/** What the sender posts. */
export function posted(
  row: SenderRow,
  body: Uint8Array = bodyOf(row),
): { readonly body: Uint8Array; readonly headers: Record<string, string> } {
  const { headers } = postJson('', { ...row.unsigned, ...row.headers(body) });
  return { body, headers: headers as Record<string, string> };
}

/** Verifies a `POST`; with a constant secret, a scheme needs no promise. */
export function verify(
  scheme: SignatureScheme,
  body: Uint8Array,
  headers: SignedRequest['headers'],
  now = NOW,
): Verification {
  const request = { method: 'POST', url: '/webhooks/shop', body, headers };
  const verification = scheme.verify(request, { now });
  if (verification instanceof Promise) throw new Error('a constant secret needs no promise');
  return verification;
}

/** Verifies a body that the scheme has signed itself, for the facts that it reads. */
export function factsOf(scheme: SigningScheme, body: string, headers = {}): Verification {
  const signed = scheme.sign({ body, id: 'msg_1', timestamp: NOW }).headers;
  return verify(scheme, Buffer.from(body), { ...signed, ...headers });
}
