import type { EventFactOptions } from '../../facts/event-fact.js';
import type { HmacOptions } from '../../schemes/hmac.options.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SignedRequest } from '../../signature-scheme.js';
import type { SigningScheme } from '../../signing.scheme.js';
import { HubspotLegacyScheme } from './hubspot-legacy.scheme.js';

/**
 * Options of `hubspot()`: which version of the signature is checked is fixed here.
 *
 * @publicApi
 */
export type HubspotOptions = {
  /** The app's client secret. */
  readonly secret: Secret;
} & (
  | {
      /** @default 'v3' */
      readonly version?: 'v3';
      /**
       * The URL that HubSpot posts to, with its query: a text, or a function where it depends on the
       * request.
       */
      readonly url: NonNullable<HmacOptions['url']>;
      /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
      readonly toleranceSeconds?: number;
    }
  | {
      /** A plain hash over secret, method, URL and body, for apps that get no other. */
      readonly version: 'v2';
      /**
       * The URL that HubSpot posts to, with its query: a text, or a function where it depends on the
       * request.
       */
      readonly url: NonNullable<HmacOptions['url']>;
      readonly toleranceSeconds?: never;
    }
  | {
      /** A plain hash over secret and body, for apps that get no other. */
      readonly version: 'v1';
      readonly url?: never;
      readonly toleranceSeconds?: never;
    }
);

/**
 * HubSpot. Version 3 signs method, URL, body and the time of the attempt. Versions 1 and 2 are plain
 * hashes that begin with the secret: **who has seen one can append to its body**, and send it again at
 * any time; ask for them only where HubSpot sends no other.
 *
 * A body holds several events; the type is the event's `subscriptionType`, such as `contact.creation`,
 * and its time `occurredAt`. HubSpot does not promise that `eventId` is unique, so the id is made of it,
 * the subscription, the object and the time. All of them are signed.
 *
 * @param options the secret, the version and the URL, and how far the time may be off
 * @throws {ConfigurationError} for a missing or blank secret, for a missing URL, and for a tolerance
 * that is not above 0
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

/** `:/?@!$'()*,;`, which HubSpot signs as they are, and no others. */
const ESCAPES = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

function unescaped(url: NonNullable<HmacOptions['url']>, request: SignedRequest): string {
  const text = typeof url === 'function' ? url(request) : url;
  return text.replace(ESCAPES, decodeURIComponent);
}
