import type { WebhookEvent } from '../event/webhook-event.js';
import type { JobLane } from '../queue/job.js';
import { namedLane } from '../queue/named-lane.js';
import type { Handler, LaneKey } from './handler.js';

/** All others would put many events into one lane, such as `[object Object]`. */
const KEY_TYPES: ReadonlySet<string> = new Set(['string', 'number', 'bigint']);

/** A handler whose events may have lanes. */
export type Laned = Pick<Handler, 'name' | 'lane' | 'whenHeadFails'>;

/**
 * The lane of a handler's job for an event.
 *
 * @throws {TypeError} if the handler's function gives neither a text, a number, a bigint nor nothing
 * @throws what the handler's function throws
 * @internal
 */
export function laneOf(handler: Laned, event: WebhookEvent): JobLane | undefined {
  const key: unknown = handler.lane?.(event);
  if (key === undefined || key === null || key === '') return undefined;
  if (KEY_TYPES.has(typeof key)) {
    return namedLane([handler.name, String(key as NonNullable<LaneKey>)], handler.whenHeadFails);
  }
  // Nobody awaits a promise: its rejection would end the process.
  if (key instanceof Promise) key.catch(() => undefined);
  throw new TypeError(
    `handler ${handler.name}: \`lane\` gave ${key instanceof Promise ? 'a promise' : `a ${typeof key}`}; ` +
      'it must be synchronous and give a string, a number or a bigint, or undefined for no lane',
  );
}

/**
 * The lane in which the jobs that a process without the handler planned wait, one after the other, until a process
 * that has it finds out which lane is theirs.
 *
 * @internal
 */
export function sortingLane({ name }: Pick<Laned, 'name'>): JobLane {
  return namedLane([name]);
}
