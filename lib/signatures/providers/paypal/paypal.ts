import { verify, type KeyObject } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import type { FetchFunction } from '../../keys/guarded.fetch.js';
import { choice } from '../../parts/choice.js';
import { headerText } from '../../parts/header-text.js';
import { MALFORMED_SIGNATURE, UNSUPPORTED_ALGORITHM } from '../../parts/refusals.js';
import { decodeBase64 } from '../../parts/strict-encoding.js';
import { Timestamp, type TimestampReading } from '../../parts/timestamp.js';
import { CertificateScheme } from '../../schemes/certificate.scheme.js';
import type { NamesKey } from '../../schemes/fetched-key.scheme.js';
import type {
  Refused,
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../../signature-scheme.js';

/**
 * Options of `paypal()`.
 *
 * @publicApi
 */
export interface PaypalOptions {
  /** The webhook's id, as PayPal's dashboard shows it. PayPal signs it. */
  readonly webhookId: string | undefined;
  /** The environment whose certificates are accepted. @default 'production' */
  readonly environment?: 'production' | 'sandbox';
  /**
   * How far `PAYPAL-TRANSMISSION-TIME` may be from our clock, in both directions, in seconds. PayPal retries
   * for three days, and does not document whether a retry has a new time. @default 262_800
   */
  readonly toleranceSeconds?: number;
  /**
   * What the event's id is: the body's `id`; or `PAYPAL-TRANSMISSION-ID`, which is signed in full, so that
   * anyone who has seen a request cannot use its signature for another event. @default 'event-id'
   */
  readonly deduplicateBy?: 'event-id' | 'transmission-id';
  /** Fetches the certificates. @default the module's; without it, the global `fetch` */
  readonly fetch?: FetchFunction;
}

/**
 * PayPal: `PAYPAL-TRANSMISSION-SIG` holds an RSA signature (with SHA-256) of the transmission's id
 * and time, the webhook's id and a CRC-32 of the body, in base64.
 *
 * The event's id, type, time and data are the body's `id`, `event_type`, `create_time` and
 * `resource`.
 *
 * **PayPal signs only a CRC-32 of the body**: a checksum, for which another body can be made.
 * Anyone who has seen a request could send another event with its signature, within the tolerance:
 * use TLS on the whole way, and fetch data that matters from PayPal's API.
 *
 * The scheme fetches the certificate from the URL in `PAYPAL-CERT-URL`, only from PayPal's own
 * hosts, and keeps it for an hour. While the certificate is unavailable, requests are answered 503,
 * so that PayPal retries.
 *
 * @param options the webhook's id, the environment, the tolerance, and what the event's id is
 * @throws {ConfigurationError} for a missing webhook id, an unknown `environment` or
 * `deduplicateBy`, and a tolerance that is not above 0
 * @example
 * ```ts
 * paypal({ webhookId: process.env.PAYPAL_WEBHOOK_ID })
 * ```
 * @see PayPal documentation, "Integrate webhooks: Verify webhook signature"
 * @publicApi
 */
export function paypal(options: PaypalOptions): SignatureScheme {
  return new PaypalScheme(options);
}

const ID = 'paypal-transmission-id';
const SIGNATURE = 'paypal-transmission-sig';
const ALGORITHM = 'SHA256withRSA';
const TRANSMISSION_ID = /^[\w-]{1,128}$/;
const CERTIFICATE = /^https:\/\/([\w.-]{1,64})\/v1\/notifications\/certs\/[\w-]{1,128}$/;
const HOSTS = {
  production: ['api.paypal.com', 'api-m.paypal.com'],
  sandbox: ['api.sandbox.paypal.com', 'api-m.sandbox.paypal.com'],
};

interface SignedTransmission extends NamesKey {
  readonly signature: Buffer;
  readonly time: TimestampReading;
  readonly content: Buffer;
}

class PaypalScheme extends CertificateScheme<SignedTransmission> {
  readonly #webhookId: string;
  readonly #timestamp: Timestamp;
  readonly #facts: EventFactReader;

  constructor({
    webhookId,
    environment = 'production',
    toleranceSeconds = 262_800,
    deduplicateBy = 'event-id',
    fetch,
  }: PaypalOptions) {
    if (typeof webhookId !== 'string' || !/^[\w-]+$/.test(webhookId)) {
      throw ConfigurationError.invalidOption(
        'webhookId',
        "the id of PayPal's webhook",
        webhookId,
        'Set it (an unset environment variable is the usual cause).',
      );
    }
    const hosts = HOSTS[choice('environment', environment, ['production', 'sandbox'])];
    super('paypal', { hosts, syntax: CERTIFICATE, fetch });
    this.#webhookId = webhookId;
    this.#timestamp = new Timestamp(
      { header: 'paypal-transmission-time', unit: 'iso', toleranceSeconds },
      1,
    );
    const id = choice('deduplicateBy', deduplicateBy, ['event-id', 'transmission-id']);
    this.#facts = new EventFactReader({
      id: id === 'event-id' ? { path: 'id' } : { header: ID },
      type: { path: 'event_type' },
      occurredAt: { path: 'create_time', unit: 'iso' },
      dataPath: 'resource',
    });
  }

  protected read({ headers, body }: SignedRequest): SignedTransmission | Refused {
    const given = headerText(headers, SIGNATURE);
    if (!given.ok) return given;
    const id = headerText(headers, ID);
    if (!id.ok) return id;
    const algorithm = headerText(headers, 'paypal-auth-algo');
    if (!algorithm.ok) return algorithm;
    const url = headerText(headers, 'paypal-cert-url');
    if (!url.ok) return url;
    if (algorithm.text !== ALGORITHM) return UNSUPPORTED_ALGORITHM;
    const signature = decodeBase64(given.text);
    if (
      signature === undefined ||
      !TRANSMISSION_ID.test(id.text) ||
      !this.isCertificate(url.text)
    ) {
      return MALFORMED_SIGNATURE;
    }
    const time = this.#timestamp.read(headers, 0, []);
    if (!time.ok) return time;
    const content = [id.text, time.text, this.#webhookId, crc32(body)].join('|');
    return {
      ok: true,
      document: url.text,
      signature,
      time,
      content: Buffer.from(content, 'latin1'),
    };
  }

  protected isSigned({ content, signature }: SignedTransmission, key: KeyObject): boolean {
    return verify('sha256', content, key, signature);
  }

  protected override objectionTo(
    { time }: SignedTransmission,
    _request: SignedRequest,
    now: Date,
  ): Refused | undefined {
    return this.#timestamp.judge(time, now);
  }

  protected verified(request: SignedRequest, keyIndex: number): Verification {
    return this.#facts.verified(request, keyIndex);
  }
}
