import type { Sender } from './sender.js';

/** How many are sent at the same time. */
const PARALLEL = 8;

/** Sends this many events. @returns their ids */
export async function sendAll(
  sender: Sender,
  type: string,
  count: number,
  data: object = {},
): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const length = Math.min(PARALLEL, count - ids.length);
    ids.push(...(await Promise.all(Array.from({ length }, () => sender.send(type, data)))));
  }
  return ids;
}
