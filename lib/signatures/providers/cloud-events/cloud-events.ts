import { valueAt } from '../../../event/value-at.js';
import { type AcceptUnsigned, assertAcceptedUnsigned } from '../../schemes/accepted-unsigned.js';
import { credential } from '../../schemes/credential.scheme.js';
import type { EventFactOptions } from '../../facts/event-fact.js';
import { emptyAnswer } from '../../handshake/handshake-answer.js';
import { handshakeMembers, type HandshakeOptions } from '../../handshake/handshake.js';
import { headerValue } from '../../parts/header-name.js';
import type { Secret } from '../../keys/secrets.js';
import type { SignatureScheme, SignedRequest } from '../../signature-scheme.js';
import { unsigned } from '../unsigned/unsigned.js';

/**
 * Options of `cloudEvents()`.
 *
 * @publicApi
 */
export type CloudEventsOptions = {
  /**
   * The senders that may post here, by their `WebHook-Request-Origin`. The scheme answers their `OPTIONS`
   * requests; others get a 405. It does not prove who posts. @default none
   */
  readonly allowedOrigins?: readonly string[];
} & (
  | AcceptUnsigned
  | {
      /** The token that the sender shows in `Authorization: Bearer …`. */
      readonly secret: Secret;
      readonly unsigned?: never;
    }
);

/**
 * CloudEvents over HTTP, in binary, structured and batched mode. **Nothing is signed**: with a
 * `secret`, anyone who has seen one request can send any other; without one, anyone who knows the
 * URL can post to it.
 *
 * The event's id is its `source` and `id`, which are unique together; its type, time and data are
 * `type`, `time` and `data`. In binary mode, id, source, type and time are `ce-` headers, and the
 * data is the body.
 *
 * The scheme answers the `OPTIONS` request by which a sender asks whether it may post
 * (`WebHook-Request-Origin`), for the senders in `allowedOrigins`.
 *
 * @param options the token, or `unsigned: true`; and the senders that may post
 * @throws {ConfigurationError} for a missing or blank secret, unless `unsigned: true` is set
 * @example
 * ```ts
 * cloudEvents({ secret: process.env.EVENTS_TOKEN, allowedOrigins: ['events.example.com'] })
 * ```
 * @see CloudEvents specification, "HTTP Protocol Binding" and "HTTP 1.1 Web Hooks for Event Delivery"
 * @publicApi
 */
export function cloudEvents(options: CloudEventsOptions): SignatureScheme {
  const modes = {
    binary: verifier(options, BINARY),
    structured: verifier(options, STRUCTURED),
    batched: verifier(options, { ...STRUCTURED, items: '' }),
  };
  const verify: SignatureScheme['verify'] = (request, context) =>
    modes[modeOf(request)].verify(request, context);
  const consents = consent(options.allowedOrigins ?? []);
  return { name: 'cloudEvents', verify, ...handshakeMembers(consents, verify) };
}

const BINARY: EventFactOptions = {
  id: { join: [{ header: 'ce-source' }, { header: 'ce-id' }], by: ' ' },
  type: { header: 'ce-type' },
  occurredAt: { header: 'ce-time', unit: 'iso' },
};

const STRUCTURED: EventFactOptions = {
  id: { join: [{ path: 'source' }, { path: 'id' }], by: ' ' },
  type: { path: 'type' },
  occurredAt: { path: 'time', unit: 'iso' },
  dataPath: (_, event) => (valueAt(event, 'specversion') === undefined ? undefined : 'data'),
};

function verifier(options: CloudEventsOptions, facts: EventFactOptions): SignatureScheme {
  if ('secret' in options) {
    return credential({ name: 'cloudEvents', secret: options.secret, prefix: 'Bearer ', ...facts });
  }
  assertAcceptedUnsigned('A sender of CloudEvents', options);
  return unsigned(facts);
}

/** In binary mode the content type is that of the data, and the attributes are headers. */
function modeOf({ headers }: SignedRequest): 'binary' | 'structured' | 'batched' {
  const type = headerValue(headers, ['content-type']);
  const mediaType = typeof type === 'string' ? type.trimStart().toLowerCase() : '';
  if (mediaType.startsWith('application/cloudevents-batch')) return 'batched';
  return mediaType.startsWith('application/cloudevents') ? 'structured' : 'binary';
}

function consent(allowed: readonly string[]): HandshakeOptions {
  return {
    methods: ['OPTIONS'],
    unsigned: ({ request, header }) => {
      const origin = header('webhook-request-origin');
      if (request.method !== 'OPTIONS' || origin === undefined || !allowed.includes(origin)) {
        return undefined;
      }
      return emptyAnswer(200, {
        'webhook-allowed-origin': origin,
        ...(header('webhook-request-rate') !== undefined && { 'webhook-allowed-rate': '*' }),
      });
    },
  };
}
