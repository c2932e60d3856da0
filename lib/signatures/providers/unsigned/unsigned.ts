import type { EventFactOptions } from '../../facts/event-fact.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import { handshakeMembers, type HandshakeOptions } from '../../handshake/handshake.js';
import type { SignatureScheme } from '../../signature-scheme.js';

/**
 * Options of `unsigned()`.
 *
 * @publicApi
 */
export interface UnsignedOptions extends EventFactOptions {
  /** Answers to requests by which the sender checks the URL. @default none */
  readonly handshake?: HandshakeOptions;
}

/**
 * A sender that signs nothing: **anyone who knows the URL can post to it**. Put it behind something
 * that keeps strangers out, such as a private network or a secret path.
 *
 * @param options where the sender puts the event's id, type, time and data, and how it checks the
 * URL
 * @throws {ConfigurationError} for an option that cannot be the name of a header
 * @example
 * ```ts
 * unsigned({ type: { path: 'event' }, id: { header: 'x-delivery' } })
 * ```
 * @publicApi
 */
export function unsigned({ handshake, ...facts }: UnsignedOptions = {}): SignatureScheme {
  const reader = new EventFactReader(facts);
  const verify: SignatureScheme['verify'] = (request) => reader.verified(request, 0);
  return { name: 'unsigned', verify, ...handshakeMembers(handshake, verify) };
}
