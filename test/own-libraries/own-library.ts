import { createHmac, createPublicKey } from 'node:crypto';
import type {
  RefusalReason,
  SignatureScheme,
  SignedRequest,
} from '../../lib/signatures/signature-scheme.js';
import type { SigningScheme } from '../../lib/signatures/signing.scheme.js';
import { JSON_TYPE } from '../signatures/content-types.js';

export { FORM_TYPE, JSON_TYPE } from '../signatures/content-types.js';

/** When requests are sent and judged, unless a case says otherwise. */
export const NOW = new Date('2026-03-01T12:00:00.000Z');

/** The URL that requests are sent to, as the sender knows it. */
export const URL_HERE = 'https://example.com/hooks/shop?tenant=a';

/** A sender's own library, beside our scheme for the sender. */
export interface OwnLibrary {
  /** Its name in the registry. */
  readonly name: string;
  /** Which of the sender's ways to sign it is. */
  readonly way: string;
  /** Our scheme, with this secret. */
  readonly create: (secret: string) => SigningScheme | SignatureScheme;
  /** The right secret, and a wrong one; of key pairs, the private keys. */
  readonly secrets: readonly [string, string];
  /** What theirs says of a request: `false`, and an error, is a refusal. */
  readonly accepts: (request: SignedRequest, secret: string) => unknown;
  /** A request as theirs signs it; or as its code has it to be signed, where it only verifies. */
  readonly send: (body: Buffer, secret: string, at: Date) => SignedRequest | Promise<SignedRequest>;
  /** Header of the signature; none where it is in the body. */
  readonly signature?: string;
  /** Bodies that the sender could send; each has a `1` in it. @default JSON with this and that */
  readonly bodies?: (at: Date) => readonly string[];
  /** What ours is given to sign, where the body is more than that. @default the bodies */
  readonly contents?: readonly string[];
  /** Headers that the sender has beside those of the signature. @default a JSON content type */
  readonly headers?: Readonly<Record<string, string>>;
  /** How old, in seconds, theirs takes a request to be at most. @default it does not look */
  readonly toleranceSeconds?: number;
  /** Changes what is signed. @default a `1` in the body becomes a `2` */
  readonly tamper?: (request: SignedRequest) => SignedRequest;
  /** Changes the signature. @default a character of the header */
  readonly breakSignature?: (request: SignedRequest) => SignedRequest;
  readonly differences: readonly Difference[];
}

/** A request on which theirs and ours differ, on purpose. */
export interface Difference {
  readonly given: string;
  readonly theirs: 'accepted' | 'refused';
  readonly ours: 'accepted' | 'refused when created' | RefusalReason;
  readonly why: string;
  readonly make: (library: OwnLibrary) => SignedRequest | Promise<SignedRequest>;
  /** @default the right one */
  readonly secret?: string;
}

/**
 * Loads a library by its name, with only the types that are needed: the declarations of all libraries are tens
 * of megabytes, and each type check of this project would read them.
 */
export function load<Library extends object>(name: string): Library {
  return jest.requireActual<Library>(name);
}

/** As Adyen writes them. */
export const HEX_KEYS = [
  '44782def547aaa06c910c43932b1eb0c',
  'ffff2def547aaa06c910c43932b1eb0c',
] as const;

/** A request to {@link URL_HERE}. */
export function post(
  body: string | Uint8Array,
  headers: Record<string, string>,
  url = URL_HERE,
): SignedRequest {
  return { method: 'POST', url, headers: { ...JSON_TYPE, ...headers }, body: Buffer.from(body) };
}

/** A header that a test has put there. */
export function header({ headers }: SignedRequest, name: string): string {
  const value = headers[name];
  if (typeof value !== 'string') throw new TypeError(`no header ${name}`);
  return value;
}

export function withHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

/** The body as the libraries' documents have it read: as text. */
export function text({ body }: SignedRequest): string {
  return Buffer.from(body).toString('utf8');
}

export function bytes({ body }: SignedRequest): Buffer {
  return Buffer.from(body);
}

/** HMAC-SHA256, computed without the library. */
export function mac(content: string | Buffer, secret: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', secret).update(content).digest(encoding);
}

/** The public half of a private key, as SubjectPublicKeyInfo. */
export function publicDer(privateKey: string): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
}

/** Seconds since the epoch. */
export function seconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1_000));
}

/** JSON of all sorts; what some libraries want to find in a body is there. */
export function jsonBodies(): readonly string[] {
  const event = { type: 'order.paid', event: { id: 'evt_1', type: 'paid' }, data: { total: 1 } };
  return [
    JSON.stringify(event),
    JSON.stringify({ ...event, name: 'Zoë 😀 \u2028', escaped: '\\u00e9' }),
    `${JSON.stringify({ ...event, text: "$& $$ $` $' {body} %2F" }, undefined, 2)}\r\n`,
    JSON.stringify({ ...event, long: 'x'.repeat(10_000) }),
  ];
}
