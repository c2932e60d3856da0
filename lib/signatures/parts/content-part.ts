import type { SignedRequest } from '../signature-scheme.js';

/**
 * A part of the content that a sender signs, such as its timestamp; `text` stands between the others.
 *
 * @internal
 */
export interface ContentPart {
  readonly name: 'text' | 'id' | 'timestamp' | 'method' | 'url' | 'body';
  readonly bytes: Uint8Array;
}

/**
 * A scheme that can show what must be signed in a request, to find the reason for a refusal. It shows neither
 * keys nor digests.
 *
 * @internal
 */
export interface ExplainingScheme {
  /** The parts in their order; a part that the request lacks is empty. */
  contentOf(request: SignedRequest): readonly ContentPart[];
}
