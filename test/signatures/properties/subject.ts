import type { SigningScheme } from '../../../lib/signatures/signing.scheme.js';

export const NOW = new Date('2026-03-01T12:00:00.000Z');
export const URL_HERE = 'https://example.com/hooks/shop?tenant=a%20b';
export const ID = 'msg-number-0001-abcdef';

/** A scheme that signs, and what a property has to know of it. */
export interface Subject {
  readonly name: string;
  readonly create: (secret: string) => SigningScheme;
  readonly secret: string;
  /** Another one of that kind, which the scheme does not have. */
  readonly otherSecret: string;
  /** A body that the sender could send, with a text somewhere in it. */
  readonly body: (text: string) => string;
  /** Headers that are sent beside those of the scheme. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** What of the body is signed, the signature included where it is there. @default 'bytes' */
  readonly covers?: 'bytes' | 'fields' | 'nothing' | RegExp;
  /** Whether the signature is in the body, and in no header. @default false */
  readonly inBody?: boolean;
  /** Headers that a request needs and that are not signed. @default none */
  readonly unsigned?: readonly string[];
  /** Whether another spelling of the secret may be the same key. @default no other spelling is */
  readonly sameSecret?: (one: string, other: string) => boolean;
  /** Whether its secret is a private key, of which the other side has the public one. @default false */
  readonly asymmetric?: boolean;
}
