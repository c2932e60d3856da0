import { verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { isValidAt, readCertificate, type Certificate } from '../../parts/certificate.js';
import { choice } from '../../parts/choice.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import { GuardedFetch, type FetchFunction } from '../../keys/guarded.fetch.js';
import { headerText } from '../../parts/header-text.js';
import { RemoteKeys } from '../../keys/remote-keys.js';
import type {
  SignatureScheme,
  SignedRequest,
  Verification,
  VerifyContext,
} from '../../signature-scheme.js';
import { decodeBase64 } from '../../parts/strict-encoding.js';
import { Timestamp } from '../../parts/timestamp.js';

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

class PaypalScheme implements SignatureScheme {
  readonly name = 'paypal';
  readonly #webhookId: string;
  readonly #timestamp: Timestamp;
  readonly #fetch: GuardedFetch;
  readonly #certificates: RemoteKeys<Certificate>;
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
    this.#webhookId = webhookId;
    this.#timestamp = new Timestamp(
      { header: 'paypal-transmission-time', unit: 'iso', toleranceSeconds },
      1,
    );
    const hosts = HOSTS[choice('environment', environment, ['production', 'sandbox'])];
    this.#fetch = new GuardedFetch({ hosts, ...(fetch && { fetch }) });
    this.#certificates = new RemoteKeys(async (url) =>
      readCertificate(await this.#fetch.text(url)),
    );
    const id = choice('deduplicateBy', deduplicateBy, ['event-id', 'transmission-id']);
    this.#facts = new EventFactReader({
      id: id === 'event-id' ? { path: 'id' } : { header: ID },
      type: { path: 'event_type' },
      occurredAt: { path: 'create_time', unit: 'iso' },
      dataPath: 'resource',
    });
  }

  fetchWith(fetch: FetchFunction): void {
    this.#fetch.use(fetch);
  }

  verify(request: SignedRequest, { now }: VerifyContext): Verification | Promise<Verification> {
    const { headers } = request;
    const [signature, id, algorithm, url] = [
      SIGNATURE,
      ID,
      'paypal-auth-algo',
      'paypal-cert-url',
    ].map((name) => headerText(headers, name));
    if (!signature?.ok || !id?.ok || !algorithm?.ok || !url?.ok) {
      return [signature, id, algorithm, url].find((it) => it?.ok === false) ?? MISMATCH;
    }
    if (algorithm.text !== ALGORITHM) return { ok: false, reason: 'unsupported-algorithm' };
    const bytes = decodeBase64(signature.text);
    if (bytes === undefined || !TRANSMISSION_ID.test(id.text) || !this.#isCertificate(url.text)) {
      return { ok: false, reason: 'malformed-signature' };
    }
    const time = this.#timestamp.read(headers, 0, []);
    if (!time.ok) return time;
    const content = [id.text, time.text, this.#webhookId, crc32(request.body)].join('|');
    return this.#certificates.judge(url.text, now, (certificate) => {
      const right =
        isValidAt(certificate, now) &&
        verify('sha256', Buffer.from(content, 'latin1'), certificate.key, bytes);
      if (!right) return MISMATCH;
      const reason = this.#timestamp.judge(time.at, now);
      return reason === undefined ? this.#facts.verified(request, 0) : { ok: false, reason };
    });
  }

  /** By its text: parsed, a URL forgives much. */
  #isCertificate(url: string): boolean {
    return CERTIFICATE.test(url) && this.#fetch.allows(url);
  }
}

const MISMATCH: Verification = { ok: false, reason: 'signature-mismatch' };
