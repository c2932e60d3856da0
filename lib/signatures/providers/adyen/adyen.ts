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
  /** The webhook's HMAC key: hexadecimal, as Adyen shows it. */
  readonly secret: Secret;
}

/**
 * Adyen's standard webhooks, whose items are signed one by one; every item has to be right. Platform
 * and management webhooks are signed in a header: that is `adyenPlatform()`.
 *
 * A body holds `notificationItems`. An item's type is `eventCode` and its time `eventDate`; its id is
 * `pspReference`, `eventCode` and `success`, as one payment can fail first and succeed later; its data
 * is `NotificationRequestItem`.
 *
 * **Eight fields alone are signed**: `pspReference`, `originalReference`, `merchantAccountCode`,
 * `merchantReference`, `amount`'s `value` and `currency`, `eventCode` and `success`. Trust nothing else
 * in an item, `eventDate` and `additionalData` included. Nor are they set apart but by a colon: one in a
 * reference could be moved into the next field. There is no timestamp, so an item can be sent again; the
 * id then makes it a duplicate.
 *
 * @param options the HMAC key
 * @throws {ConfigurationError} for a missing, blank or undecodable key
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

/** In the order in which they are signed. */
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
        throw unsignable(this.name, 'cannot sign an item whose fields are no texts or numbers.');
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

/** What is signed of an item; `undefined` where a field is a list or an object, which have no one text. */
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
