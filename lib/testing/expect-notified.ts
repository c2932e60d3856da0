import { isDeepStrictEqual } from 'node:util';
import { failed, listed } from './assertion.js';
import type { RecordedNotification, RecordedNotifications } from './recorded-notifications.js';

/**
 * Which notification has to have been sent. What is left out may be anything.
 *
 * @publicApi
 */
export interface NotifiedExpectation {
  /** Name of the channel, such as `email`. */
  readonly channel?: string;
  /** To whom, in the channel's words: the e-mail address, several joined by `, `; the host of a URL. */
  readonly to?: string;
  /** Properties that its payload has to have, among others; nested objects likewise. */
  readonly payload?: Readonly<Record<string, unknown>>;
  /** Exactly how many. @default at least one */
  readonly times?: number;
}

/**
 * Expects that a notification was sent, or that none was: `{ times: 0 }`. Call {@link drain} before.
 *
 * @param recorded what the application's channels were replaced by
 * @param expected which notification
 * @returns those that fit, for expectations of your own
 * @throws {AssertionError} that lists what was sent instead
 * @example
 * ```ts
 * expectNotified(recorded, { channel: 'email', to: 'jane@example.com', times: 1 });
 * ```
 * @publicApi
 */
export function expectNotified(
  recorded: RecordedNotifications,
  expected: NotifiedExpectation,
): readonly RecordedNotification[] {
  const { times, ...wanted } = expected;
  const found = recorded.all.filter((notification) => includes(notification, wanted));
  if (times === undefined ? found.length > 0 : found.length === times) return found;
  const sent = recorded.all.map(({ channel, to }) => `${channel} to ${to}`);
  throw failed(
    `Expected ${describe(wanted)} ${times === undefined ? 'at least once' : `${times} times`}, ` +
      `got it ${found.length} times. Sent were:\n${listed(sent, 'none. Was drain(app) called?')}`,
    expectNotified,
    { expected: wanted, actual: recorded.all },
  );
}

function describe({ channel, to, payload }: Omit<NotifiedExpectation, 'times'>): string {
  return [
    'a notification',
    ...(channel === undefined ? [] : [`by '${channel}'`]),
    ...(to === undefined ? [] : [`to '${to}'`]),
    ...(payload === undefined ? [] : [`with ${Object.keys(payload).join(', ')} as given`]),
  ].join(' ');
}

/** Whether a value has all that is wanted; arrays and plain values have to be equal. */
function includes(value: unknown, wanted: unknown): boolean {
  if (!isObject(wanted) || !isObject(value)) return isDeepStrictEqual(value, wanted);
  return Object.entries(wanted).every(
    ([name, part]) => part === undefined || includes(value[name], part),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
