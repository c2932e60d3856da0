import { jsonOutline } from '../../event/json-outline.js';
import { valueAt } from '../../event/value-at.js';
import type { EventFactReader } from '../facts/event-fact.reader.js';
import { bytesOf } from '../parts/bytes-of.js';
import { objectOf, readJsonObject } from '../parts/json-object.js';
import { MISSING_SIGNATURE, SIGNATURE_MISMATCH } from '../parts/refusals.js';
import { payloadOf } from '../parts/request-payload.js';
import { unsignable } from '../parts/unsignable.js';
import type { Refused, SignedRequest, Verification } from '../signature-scheme.js';
import type { SignedMessage } from '../signing.scheme.js';
import { SecretScheme } from './secret.scheme.js';
import type { Evidence } from './signed-request.scheme.js';

/**
 * A JSON body with a list of items that are signed one by one. All signatures must be right.
 *
 * @internal
 */
export abstract class SignedItemsScheme<Item extends Evidence> extends SecretScheme<Item> {
  /** Where the list is. */
  protected abstract readonly items: string;
  /** All paths that are read of the first item. */
  protected abstract readonly firstPaths: readonly string[];
  protected abstract readonly facts: EventFactReader;

  /** Reads the signature of an item, and what it covers. */
  protected abstract readItem(payload: unknown, index: number): Item | Refused;

  protected abstract override indexOfKey(keys: readonly Buffer[], item: Item): number;

  /** Reads the first item before the body is parsed: only who can sign an item can cause the parsing. */
  protected read({ body }: SignedRequest): Item | Refused {
    return this.readItem(jsonOutline(body, this.firstPaths), 0);
  }

  /** Judges all items, up to the first that is wrong. */
  protected verified(
    request: SignedRequest,
    firstKeyIndex: number,
    _first: Item,
    keys: readonly Buffer[],
  ): Verification {
    const reading = payloadOf(request);
    const payload = reading.ok ? reading.payload : undefined;
    const items = valueAt(payload, this.items);
    if (!Array.isArray(items)) return MISSING_SIGNATURE;
    let keyIndex = firstKeyIndex;
    for (const index of items.keys()) {
      const item = this.readItem(payload, index);
      if (!item.ok) return item;
      const matching = this.indexOfKey(keys, item);
      if (matching < 0) return SIGNATURE_MISMATCH;
      keyIndex = Math.max(keyIndex, matching);
    }
    return this.facts.verified(request, keyIndex);
  }

  /**
   * Signs each item of a JSON body.
   *
   * @param problem the error's message for a body without the list
   * @throws {WebhookError} (code `UNSIGNABLE`) for a body without the list
   */
  protected signItems(
    content: string | Uint8Array,
    problem: string,
    signItem: (item: unknown) => object,
  ): SignedMessage {
    const body = readJsonObject(bytesOf(content));
    const items: unknown = valueAt(body, this.items);
    if (!Array.isArray(items)) throw unsignable(this.name, problem);
    const text = JSON.stringify({ ...objectOf(body), [this.items]: items.map(signItem) });
    return { headers: {}, body: Buffer.from(text, 'utf8') };
  }
}
