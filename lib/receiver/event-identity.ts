import { createHash, randomUUID } from 'node:crypto';
import { integerReadAs, isRounded } from '../event/exact-integer.js';
import { jsonBytes, type PayloadReading } from '../event/payload.js';
import type { EventFacts, SignedRequest } from '../signatures/signature-scheme.js';
import type { EventItem } from './event-items.js';
import type { Source } from './source.registry.js';

/** What a verified request says of its event. */
export interface EventIdentity {
  readonly id: string;
  readonly type: string;
  readonly tenant: string;
  readonly occurredAt: Date | undefined;
  readonly dataPath: string;
}

/** The identity, or the fact that cannot be stored. */
export type Identification =
  | { readonly ok: true; readonly identity: EventIdentity }
  | { readonly ok: false; readonly reason: string };

const MAX_ID_LENGTH = 255;
const MAX_TYPE_LENGTH = 255;
const MAX_TENANT_LENGTH = 64;

// oxlint-disable-next-line no-control-regex
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Identifies an event of a verified request: by what the source's options say, else by what its scheme says; where
 * neither gives an id, it is a digest. Refuses facts that no database could keep.
 *
 * @throws whatever the source's functions throw
 * @internal
 */
export async function identify(
  source: Source,
  request: SignedRequest,
  { facts, reading, rawBody }: EventItem,
): Promise<Identification> {
  const { payload } = reading;
  const givenId = (source.id && (await source.id(request, payload))) ?? facts.eventId;
  const type = (source.type && (await source.type(request, payload))) ?? facts.eventType ?? '';
  const occurredAt =
    (source.occurredAt && (await source.occurredAt(request, payload))) ?? facts.occurredAt;
  const tenant = (source.tenant && (await source.tenant(request))) ?? '';

  const id = textOf(givenId, reading, rawBody) ?? idOfBytes(source.name, rawBody, facts);
  if (id === '' || !isStorable(id, MAX_ID_LENGTH)) return refused('id', MAX_ID_LENGTH);
  if (!isStorable(type, MAX_TYPE_LENGTH)) return refused('type', MAX_TYPE_LENGTH);
  if (!isStorable(tenant, MAX_TENANT_LENGTH)) return refused('tenant', MAX_TENANT_LENGTH);
  return {
    ok: true,
    identity: {
      id,
      type,
      tenant,
      occurredAt: isInstant(occurredAt) ? occurredAt : undefined,
      dataPath: facts.dataPath ?? '',
    },
  };
}

/**
 * Where a sender gives no id, the same bytes from the same source are the same event, unless `distinctBy`
 * differs. Without any of these, each delivery is an event of its own: otherwise all but the first would be
 * lost as duplicates.
 */
function idOfBytes(source: string, body: Uint8Array, { distinctBy }: EventFacts): string {
  if (body.byteLength === 0 && distinctBy === undefined) return randomUUID();
  const hash = createHash('sha256').update(source).update('\0').update(body);
  if (distinctBy !== undefined) hash.update('\0').update(distinctBy);
  return `sha256:${hash.digest('hex')}`;
}

/**
 * Ids are often read from a payload, where they may be numbers. JSON.parse() rounds those beyond 2^53.
 *
 * @returns `undefined` where there is no id, or where its digits cannot be told from those of another number
 */
function textOf(
  id: unknown,
  reading: Extract<PayloadReading, { ok: true }>,
  rawBody: Uint8Array,
): unknown {
  if (isRounded(id)) {
    const { buffer, byteOffset, byteLength } = rawBody;
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    return integerReadAs(jsonBytes(reading, bytes) ?? bytes, id);
  }
  return Number.isSafeInteger(id) ? String(id) : id;
}

function isStorable(fact: unknown, maxLength: number): fact is string {
  return (
    typeof fact === 'string' &&
    fact.length <= maxLength &&
    fact.isWellFormed() &&
    !CONTROL_CHARACTER.test(fact)
  );
}

function isInstant(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function refused(fact: string, maxLength: number): Identification {
  return { ok: false, reason: `the event's ${fact} is not text of up to ${maxLength} characters` };
}
