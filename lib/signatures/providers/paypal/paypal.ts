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
  /** The webhook's id, as PayPal's dashboard shows it. It is part of what is signed. */
  readonly webhookId: string | undefined;
  /** Whose certificates are taken. @default 'production' */
  readonly environment?: 'production' | 'sandbox';
  /**
   * How far the time of transmission may be from our clock, in both directions, in seconds. PayPal tries
   * again for three days, and does not say that it signs again. @default 262_800
   */
  readonly toleranceSeconds?: number;
  /**
   * What the event's id is: the body's `id`; or `PAYPAL-TRANSMISSION-ID`, which is covered in full, so
   * that whoever has seen a request cannot use its signature for another event. @default 'event-id'
   */
  readonly deduplicateBy?: 'event-id' | 'transmission-id';
  /** Makes the requests for certificates. @default what the module sends with; by itself, the global `fetch` */
  readonly fetch?: FetchFunction;
}

/**
 * PayPal (RSA with SHA-256). The certificate is fetched by the URL in `PAYPAL-CERT-URL`, from PayPal's own
 * host alone, and kept for an hour; where it cannot be had, PayPal is asked to come again.
 *
 * The event's id, type and time are the body's `id`, `event_type` and `create_time`; its data is
 * `resource`.
 *
 * **Of the body, a CRC-32 is signed**: a checksum, for which another body can be made. Who has seen a
 * request could send another event with its signature, within the tolerance: so TLS all the way is a
 * must, and what is worth much has to be fetched from PayPal's API.
 *
 * @param options the webhook's id, the environment, and how far the time may be off
 * @throws {ConfigurationError} for a missing webhook id, an unknown environment, and a tolerance that is
 * not above 0
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
