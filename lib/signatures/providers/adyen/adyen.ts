import { valueAt } from '../../../event/value-at.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import type { Secret } from '../../keys/secrets.js';
import { contentHmac, matchingKey } from '../../parts/content-hmac.js';
import { objectOf } from '../../parts/json-object.js';
import { MALFORMED_SIGNATURE, MISSING_SIGNATURE } from '../../parts/refusals.js';
import { decodeBase64 } from '../../parts/strict-encoding.js';
import { unsignable } from '../../parts/unsignable.js';
import { SignedItemsScheme } from '../../schemes/signed-items.scheme.js';
import type { Evidence } from '../../schemes/signed-request.scheme.js';
import type { Refused } from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

/**
 * Options of `adyen()`.
 *
 * @publicApi
 */
export interface AdyenOptions {
  /** The webhook's HMAC key, in hexadecimal, as Adyen shows it. */
  readonly secret: Secret;
}

/**
 * Adyen's standard webhooks: `additionalData.hmacSignature` of each item holds an HMAC-SHA256 of
 * eight of its fields, in base64. Every item must be signed. For platform and management webhooks,
 * whose signature is in a header, use `adyenPlatform()`.
 *
 * A body holds several events, in `notificationItems`. An event's type, time and data are
 * `eventCode`, `eventDate` and `NotificationRequestItem`. Its id joins `pspReference`, `eventCode`
 * and `success`, as one payment can fail first and succeed later.
 *
 * **Adyen signs only eight fields**: `pspReference`, `originalReference`, `merchantAccountCode`,
 * `merchantReference`, `amount.value`, `amount.currency`, `eventCode` and `success`. Trust nothing
 * else in an item, not even `eventDate` and `additionalData`. Only a colon separates the fields, so
 * a part of a reference that contains a colon can be moved into the next field. Adyen signs no
 * timestamp: an item that is sent again is a duplicate by its id.
 *
 * @param options the HMAC key
 * @throws {ConfigurationError} for an HMAC key that is missing, blank or not hexadecimal
 * @example
 * ```ts
 * adyen({ secret: process.env.ADYEN_HMAC_KEY })
 * ```
 * @see Adyen documentation, "Verify HMAC signatures"
 * @publicApi
 */
export function adyen(options: AdyenOptions): SigningScheme {
  return new AdyenScheme(options);
}

const ITEMS = 'notificationItems';
const ITEM = 'NotificationRequestItem';
const SIGNATURE = 'additionalData.hmacSignature';
const DIGEST_LENGTH = 32;

/** In the order in which Adyen signs them. */
const SIGNED_FIELDS = [
  'pspReference',
  'originalReference',
  'merchantAccountCode',
  'merchantReference',
  'amount.value',
  'amount.currency',
  'eventCode',
  'success',
] as const;

const FIRST = [SIGNATURE, ...SIGNED_FIELDS].map((path) => `${ITEMS}.0.${ITEM}.${path}`);

interface SignedItem extends Evidence {
  readonly content: string;
  readonly digest: Buffer;
}

class AdyenScheme extends SignedItemsScheme<SignedItem> implements SigningScheme {
  protected readonly items = ITEMS;
  protected readonly firstPaths = FIRST;
  protected readonly facts = new EventFactReader({
    items: ITEMS,
    id: {
      join: [
        { path: `${ITEM}.pspReference` },
        { path: `${ITEM}.eventCode` },
        { path: `${ITEM}.success` },
      ],
    },
    type: { path: `${ITEM}.eventCode` },
    occurredAt: { path: `${ITEM}.eventDate`, unit: 'iso' },
    dataPath: ITEM,
  });

  constructor({ secret }: AdyenOptions) {
    super('adyen', secret, { key: { encoding: 'hex' } });
  }

  /** Adds `additionalData.hmacSignature` to each item of a JSON body. */
  sign({ body }: SignInput): SignedMessage {
    const key = this.keys.signingKey();
    const problem = 'signs `notificationItems`, and the body has none. Put them there.';
    return this.signItems(body, problem, (item) => {
      const event = valueAt(item, ITEM);
      const text = contentOf(event);
      if (text === undefined) {
        throw unsignable(
          this.name,
          'cannot sign an item whose fields are not texts, numbers or booleans.',
        );
      }
      const hmacSignature = contentHmac('sha256', key, text).toString('base64');
      const additionalData = { ...objectOf(valueAt(event, 'additionalData')), hmacSignature };
      return { [ITEM]: { ...objectOf(event), additionalData } };
    });
  }

  protected readItem(payload: unknown, index: number): SignedItem | Refused {
    const item = valueAt(payload, `${ITEMS}.${index}.${ITEM}`);
    const signature = valueAt(item, SIGNATURE);
    if (signature === undefined) return MISSING_SIGNATURE;
    const digest =
      typeof signature === 'string' ? decodeBase64(signature, 'base64', DIGEST_LENGTH) : undefined;
    const content = contentOf(item);
    return digest !== undefined && content !== undefined
      ? { ok: true, digest, content }
      : MALFORMED_SIGNATURE;
  }

  protected indexOfKey(keys: readonly Buffer[], { content, digest }: SignedItem): number {
    return matchingKey('sha256', keys, [digest], [content]);
  }
}

/** The signed text of an item; `undefined` if a field is a list or an object, which have no single text. */
function contentOf(item: unknown): string | undefined {
  const texts = SIGNED_FIELDS.map((path) => textOf(valueAt(item, path)));
  return texts.every((text) => text !== undefined) ? texts.join(':') : undefined;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  // Lone surrogates would all become the same bytes.
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
