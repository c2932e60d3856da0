import type { EventFactOptions } from '../../facts/event-fact.js';
import type { HmacOptions } from '../../schemes/hmac.options.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SignedRequest } from '../../signature-scheme.js';
import type { SigningScheme } from '../../signing.scheme.js';
import { HubspotLegacyScheme } from './hubspot-legacy.scheme.js';

/**
 * Options of `hubspot()`: they choose which version of the signature is checked; no request can choose.
 *
 * @publicApi
 */
export type HubspotOptions = {
  /** The app's client secret. */
  readonly secret: Secret;
} & (
  | {
      /** An HMAC-SHA256 over method, URL, body and time. @default 'v3' */
      readonly version?: 'v3';
      /**
       * The URL that HubSpot posts to, with its query; or a function that returns it for a request.
       */
      readonly url: NonNullable<HmacOptions['url']>;
      /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
      readonly toleranceSeconds?: number;
    }
  | {
      /** A plain SHA-256 over secret, method, URL and body, for apps that get no other signature. */
      readonly version: 'v2';
      /**
       * The URL that HubSpot posts to, with its query; or a function that returns it for a request.
       */
      readonly url: NonNullable<HmacOptions['url']>;
      readonly toleranceSeconds?: never;
    }
  | {
      /** A plain SHA-256 over secret and body, for apps that get no other signature. */
      readonly version: 'v1';
      readonly url?: never;
      readonly toleranceSeconds?: never;
    }
);

/**
 * HubSpot: `X-HubSpot-Signature-v3` holds an HMAC-SHA256 of method, URL, body and the time of the
 * attempt, in base64.
 *
 * A body holds several events. An event's type and time are `subscriptionType`, such as
 * `contact.creation`, and `occurredAt`. HubSpot does not promise that `eventId` is unique, so the
 * id joins `eventId`, `subscriptionId`, `objectId` and `occurredAt`. All of them are signed.
 *
 * Versions 1 and 2 (`X-HubSpot-Signature`) are plain SHA-256 hashes that begin with the secret, and
 * sign no time: **anyone who has seen one request can append to its body**, and send it again at
 * any time. Use them only if HubSpot sends no other signature.
 *
 * @param options the secret, the version, the URL, and the tolerance
 * @throws {ConfigurationError} for a missing or blank secret, a missing URL, an unknown
 * `version`, and a tolerance that is not above 0
 * @example
 * ```ts
 * hubspot({ secret: process.env.HUBSPOT_CLIENT_SECRET, url: 'https://example.com/webhooks/hubspot' })
 * ```
 * @see HubSpot documentation, "Validating requests"
 * @publicApi
 */
export function hubspot(options: HubspotOptions): SigningScheme {
  const { secret, version = 'v3', url, toleranceSeconds = 300 } = options;
  if (version !== 'v3') return new HubspotLegacyScheme(secret, version, url, FACTS);
  const scheme = hmac({
    name: 'hubspot',
    secret,
    signature: { header: 'x-hubspot-signature-v3', encoding: 'base64' },
    timestamp: { header: 'x-hubspot-request-timestamp', unit: 'ms', toleranceSeconds },
    ...(url !== undefined && { url: (request) => unescaped(url, request) }),
    content: '{method}{url}{body}{timestamp}',
    ...FACTS,
  });
  if (typeof url !== 'string') return scheme;
  return {
    name: scheme.name,
    verify: (request, context) => scheme.verify(request, context),
    sign: (input) => scheme.sign({ url, ...input }),
  };
}

const FACTS: EventFactOptions = {
  items: '',
  id: {
    join: [
      { path: 'eventId' },
      { path: 'subscriptionId' },
      { path: 'objectId' },
      { path: 'occurredAt' },
    ],
    by: '-',
  },
  type: { path: 'subscriptionType' },
  occurredAt: { path: 'occurredAt', unit: 'ms' },
};

/** HubSpot signs only these characters unescaped: `:/?@!$'()*,;`. */
const ESCAPES = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

function unescaped(url: NonNullable<HmacOptions['url']>, request: SignedRequest): string {
  const text = typeof url === 'function' ? url(request) : url;
  return text.replace(ESCAPES, decodeURIComponent);
}
