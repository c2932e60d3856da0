import { createHmac } from 'node:crypto';
import { valueAt } from '../../../event/value-at.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import { matchingKey } from '../../parts/matching-key.js';
import { objectOf, readJsonObject } from '../../parts/json-object.js';
import { Keys, type Secret } from '../../keys/secrets.js';
import type {
  Refused,
  SignedRequest,
  Verification,
  VerifyContext,
} from '../../signature-scheme.js';
import { verifyItems } from '../../parts/signed-items.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';
import { decodeBase64 } from '../../parts/strict-encoding.js';
import { unsignable } from '../../parts/unsignable.js';
import { signingKey } from '../../parts/with-keys.js';

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

const MISSING: Refused = { ok: false, reason: 'missing-signature' };
const MALFORMED: Refused = { ok: false, reason: 'malformed-signature' };

interface SignedItem {
  readonly ok: true;
  readonly content: string;
  readonly digest: Buffer;
}

class AdyenScheme implements SigningScheme {
  readonly name = 'adyen';
  readonly #keys: Keys;
  readonly #facts = new EventFactReader({
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
    this.#keys = new Keys(secret, { encoding: 'hex' }, { scheme: this.name });
  }

  verify(request: SignedRequest, _context: VerifyContext): Verification | Promise<Verification> {
    return verifyItems(request, this.#keys, {
      items: ITEMS,
      first: FIRST,
      facts: this.#facts,
      read: readItem,
      indexOfKey,
    });
  }

  /** Adds `additionalData.hmacSignature` to each item of a JSON body. */
  sign({ body: content }: SignInput): SignedMessage {
    const key = signingKey(this.#keys);
    const body = readJsonObject(bytesOf(content));
    const items = valueAt(body, ITEMS);
    if (!Array.isArray(items)) {
      throw unsignable(
        this.name,
        'signs `notificationItems`, and the body has none. Put them there.',
      );
    }
    const signed = items.map((item: unknown) => {
      const event = valueAt(item, ITEM);
      const text = contentOf(event);
      if (text === undefined) {
        throw unsignable(this.name, 'cannot sign an item whose fields are no texts or numbers.');
      }
      const hmacSignature = createHmac('sha256', key).update(text).digest('base64');
      const additionalData = { ...objectOf(valueAt(event, 'additionalData')), hmacSignature };
      return { [ITEM]: { ...objectOf(event), additionalData } };
    });
    const text = JSON.stringify({ ...objectOf(body), [ITEMS]: signed });
    return { headers: {}, body: Buffer.from(text, 'utf8') };
  }
}

function indexOfKey(keys: readonly Buffer[], { content, digest }: SignedItem): number {
  return matchingKey('sha256', keys, [digest], [content]);
}

function readItem(payload: unknown, index: number): SignedItem | Refused {
  const item = valueAt(payload, `${ITEMS}.${index}.${ITEM}`);
  const signature = valueAt(item, SIGNATURE);
  if (signature === undefined) return MISSING;
  const digest = typeof signature === 'string' ? decodeBase64(signature) : undefined;
  const content = contentOf(item);
  return digest?.length === DIGEST_LENGTH && content !== undefined
    ? { ok: true, digest, content }
    : MALFORMED;
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
