import { jsonOutline } from '../../event/json-outline.js';
import { valueAt } from '../../event/value-at.js';
import type { EventFactReader } from '../facts/event-fact.reader.js';
import { payloadOf } from './request-payload.js';
import type { Keys } from '../keys/secrets.js';
import type { Refused, SignedRequest, Verification } from '../signature-scheme.js';
import { withKeys } from './with-keys.js';

const MISSING: Refused = { ok: false, reason: 'missing-signature' };
const MISMATCH: Refused = { ok: false, reason: 'signature-mismatch' };

/** A JSON body in which each item of a list has a signature of its own. */
export interface SignedItems<Item extends { readonly ok: true }> {
  /** Where the list is. */
  readonly items: string;
  /** All that is read of its first item. */
  readonly first: readonly string[];
  readonly facts: EventFactReader;
  /** Reads what an item is judged by. */
  read(payload: unknown, index: number): Item | Refused;
  /** Which key the item was signed with; -1 where it was none. */
  indexOfKey(keys: readonly Buffer[], item: Item): number;
}

/**
 * Judges the items of a body, up to the first that is wrong.
 *
 * @internal
 */
export function verifyItems<Item extends { readonly ok: true }>(
  request: SignedRequest,
  keys: Keys,
  { items: path, first: firstPaths, facts, read, indexOfKey }: SignedItems<Item>,
): Verification | Promise<Verification> {
  // Before the body is parsed: who cannot sign an item cannot make that happen.
  const first = read(jsonOutline(request.body, firstPaths), 0);
  if (!first.ok) return first;
  return withKeys(keys, request, (found) => {
    if (indexOfKey(found, first) < 0) return MISMATCH;
    const reading = payloadOf(request);
    const payload = reading.ok ? reading.payload : undefined;
    const items = valueAt(payload, path);
    if (!Array.isArray(items)) return MISSING;
    let keyIndex = 0;
    for (const index of items.keys()) {
      const item = read(payload, index);
      if (!item.ok) return item;
      const matching = indexOfKey(found, item);
      if (matching < 0) return MISMATCH;
      keyIndex = Math.max(keyIndex, matching);
    }
    return facts.verified(request, keyIndex);
  });
}
