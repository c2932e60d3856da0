import { inspect } from 'node:util';
import { contentEventId } from '../event-id.js';
import type { ItemName } from '../aside/item-name.js';

/** How many characters are kept of an item that cannot be taken. */
const MAX_CONTENT = 65_536;

/**
 * What stands for an item of a page, which has no id, among the others.
 *
 * @internal
 */
export function apiItemName(item: unknown): () => ItemName {
  let name: ItemName | undefined;
  return () => {
    if (name !== undefined) return name;
    const text = textOf(item);
    name = {
      // A digest of the whole: items may differ behind what is kept.
      item: contentEventId({ type: '', data: null }, text),
      kind: 'event',
      version: '',
      content: text.slice(0, MAX_CONTENT),
    };
    return name;
  };
}

/**
 * Whether all of an item was kept, so that it can be tried again.
 *
 * @internal
 */
export function isWhole(content: string): boolean {
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}

/** Its JSON, with the digits of a BigInt, or the text of `inspect` where JSON cannot hold it, as a circular object. */
function textOf(item: unknown): string {
  try {
    const json = JSON.stringify(item, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ) as string | undefined;
    if (json !== undefined) return json;
  } catch {
    // The text below says what it is.
  }
  const whole = { depth: Infinity, maxArrayLength: null, maxStringLength: null };
  return inspect(item, { ...whole, customInspect: false });
}
