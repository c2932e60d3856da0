import type { SignedRequest } from '../signature-scheme.js';

/**
 * A part of what a sender signs, such as its timestamp; `text` stands between the others.
 *
 * @internal
 */
export interface ContentPart {
  readonly name: 'text' | 'id' | 'timestamp' | 'method' | 'url' | 'body';
  readonly bytes: Uint8Array;
}

/**
 * A scheme that can say what has to be signed in a request, for whoever looks for the reason of a
 * refusal. It tells nothing of keys and digests.
 *
 * @internal
 */
export interface ExplainingScheme {
  /** The parts in their order; what the request lacks is empty. */
  contentOf(request: SignedRequest): readonly ContentPart[];
}
