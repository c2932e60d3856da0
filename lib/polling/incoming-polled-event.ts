import { parsePayload } from '../event/payload.js';
import type { IncomingEvent } from '../inbox/incoming-event.js';
import { contentEventId, storableId } from './event-id.js';
import { PolledEventError } from './polled-event.error.js';
import type { PolledEvent } from './polled-event.js';

const MAX_TYPE_LENGTH = 255;

/** What an event gets where the poller's method did not say it. */
export interface PolledEventDefaults {
  /** @default a digest of its content, as {@link contentId} makes an id of that */
  readonly id?: string;
  /** Makes an id of the digest of its content. @default it is the digest */
  readonly contentId?: (digest: string) => string;
  readonly occurredAt?: Date | undefined;
}

/**
 * What a poller found, in the form in which the inbox takes it: its data as the bytes of a JSON body,
 * and read back from them, so that it looks like a webhook's.
 *
 * @param poller name of the poller
 * @throws {PolledEventError} when it is not an event
 * @internal
 */
export function toIncomingEvent(
  poller: string,
  event: PolledEvent,
  defaults: PolledEventDefaults,
): IncomingEvent {
  assertEvent(event);
  const json = toJson(poller, event.data);
  const ofContent = (): string => {
    const digest = contentEventId(event, json);
    return defaults.contentId?.(digest) ?? digest;
  };
  const rawBody = Buffer.from(json);
  return {
    source: poller,
    tenant: '',
    id: event.id === undefined ? (defaults.id ?? ofContent()) : storableId(event.id),
    type: event.type,
    occurredAt: event.occurredAt ?? defaults.occurredAt,
    headers: {},
    rawBody,
    format: 'json',
    dataPath: '',
    payload: parsePayload('json', rawBody),
  };
}

/** The host may be JavaScript, or may pass an API's answer on without a check. */
function assertEvent(event: unknown): asserts event is PolledEvent {
  if (typeof event !== 'object' || event === null) {
    throw new PolledEventError(
      `Expected an event { type, data }, got ${event === null ? 'null' : typeof event}.`,
    );
  }
  const { type, id, occurredAt } = event as Record<string, unknown>;
  if (
    typeof type !== 'string' ||
    type === '' ||
    type.length > MAX_TYPE_LENGTH ||
    /\p{C}/u.test(type)
  ) {
    throw new PolledEventError(
      `Expected \`type\` of a polled event to be a printable text of 1 to ${MAX_TYPE_LENGTH} characters.`,
    );
  }
  if (id !== undefined && (typeof id !== 'string' || id === '')) {
    throw new PolledEventError('Expected `id` of a polled event to be a text that is not empty.');
  }
  if (
    occurredAt !== undefined &&
    !(occurredAt instanceof Date && !Number.isNaN(occurredAt.getTime()))
  ) {
    throw new PolledEventError('Expected `occurredAt` of a polled event to be a valid Date.');
  }
}

/** The error of `JSON.stringify` names neither the place of a BigInt nor the cure. */
function toJson(poller: string, data: unknown): string {
  const path = pathToBigInt(data, 'data', new Set());
  if (path !== undefined) {
    throw new PolledEventError(
      `Expected \`${path}\` of an event of the poller '${poller}' to be a value that JSON can hold, got a ` +
        'BigInt. Give it as a text: String(value).',
    );
  }
  const json = JSON.stringify(data) as string | undefined;
  return json ?? 'null';
}

function pathToBigInt(value: unknown, path: string, around: Set<object>): string | undefined {
  if (typeof value === 'bigint') return path;
  if (typeof value !== 'object' || value === null || around.has(value)) return undefined;
  if ('toJSON' in value && typeof value.toJSON === 'function') return undefined;
  around.add(value);
  for (const [key, inner] of Object.entries(value)) {
    const found = pathToBigInt(inner, `${path}.${key}`, around);
    if (found !== undefined) return found;
  }
  around.delete(value);
  return undefined;
}
