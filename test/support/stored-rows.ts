import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';
import type { Page, PageOptions } from '../../lib/database/paging/page.js';
import type { EventEntity } from '../../lib/inbox/event.entity.js';
import type { NotificationEntity } from '../../lib/notifications/notification.entity.js';
import type { PollItemEntity } from '../../lib/polling/aside/poll-item.entity.js';
import type { JobEntity } from '../../lib/queue/job.entity.js';
import type { RuleFiringEntity } from '../../lib/rules/firings/rule-firing.entity.js';

/** When the first row was created, in milliseconds since the epoch. */
export const START = Date.UTC(2026, 0, 1);

/** A UUID of version 7 from this many seconds after the start. */
export function keyAt(second: number): string {
  const time = (START + second * 1_000).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${second.toString(16).padStart(12, '0')}`;
}

export function eventAt(second: number, changes: Partial<EventEntity> = {}): EventEntity {
  return {
    key: keyAt(second),
    source: 'garden',
    tenant: '',
    id: `event-${second}`,
    type: 'fruit.picked',
    status: 'accepted',
    reason: null,
    occurredAt: START,
    receivedAt: START + second * 1_000,
    headers: '{}',
    body: '{}',
    bodyEncoding: 'utf8',
    format: 'json',
    dataPath: '',
    contentType: null,
    ...changes,
  };
}

const WAITING: ReadonlySet<string> = new Set(['available', 'retryable']);

export function jobAt(second: number, changes: Partial<JobEntity> = {}): JobEntity {
  return {
    id: keyAt(second),
    kind: 'handler',
    name: 'Garden.pick',
    ref: keyAt(second),
    state: 'completed',
    dueAt: null,
    attempt: 1,
    maxAttempts: 12,
    leasedBy: null,
    lastError: null,
    createdAt: START + second * 1_000,
    finishedAt: null,
    bytes: 0,
    lease: 1,
    lane: null,
    headsLane: false,
    holdsLane: false,
    lostLeases: 0,
    rescueAt: null,
    // What was leased when it was added, and what has ended, stands in no line.
    share: WAITING.has(changes.state ?? '') && typeof changes.dueAt === 'number' ? 0 : null,
    ...changes,
  };
}

export function notificationAt(
  second: number,
  changes: Partial<NotificationEntity> = {},
): NotificationEntity {
  return {
    id: keyAt(second),
    channel: 'email',
    key: null,
    recipient: 'jane@example.com',
    payload: '{}',
    createdAt: START + second * 1_000,
    sentAt: null,
    receipt: null,
    queued: true,
    keyDigest: null,
    ...changes,
  };
}

export function firingAt(
  second: number,
  changes: Partial<RuleFiringEntity> = {},
): RuleFiringEntity {
  return {
    id: keyAt(second),
    rule: 'ripe',
    tenant: '',
    subject: 'apple',
    eventKey: keyAt(second),
    fireCount: 1,
    firedAt: START + second * 1_000,
    notified: null,
    ...changes,
  };
}

/** A row that a poller has set aside. */
export function pollItemAt(second: number, changes: Partial<PollItemEntity> = {}): PollItemEntity {
  return {
    poller: 'garden',
    item: `row ${second}`,
    kind: 'row',
    content: JSON.stringify({ key: String(second) }),
    attempts: 5,
    error: 'cannot take it',
    firstFailedAt: START + second * 1_000,
    lastFailedAt: START + second * 1_000,
    parkedAt: null,
    ...changes,
  };
}

export const seconds = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => index);

/** Reads a list to its end; returns its pages. */
export async function allPages<View>(
  read: (page: PageOptions) => Promise<Page<View>>,
  limit: number,
): Promise<View[][]> {
  const pages: View[][] = [];
  let after: string | undefined;
  do {
    const page = await read({ limit, after });
    pages.push([...page.items]);
    after = page.next;
  } while (after !== undefined);
  return pages;
}

/** Writes rows without the library. */
export async function storeRows<Row extends ObjectLiteral>(
  dataSource: DataSource,
  entity: EntityTarget<Row>,
  rows: readonly Row[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += 500) {
    const some = rows.slice(start, start + 500);
    await dataSource.createQueryBuilder().insert().into(entity).values(some).execute();
  }
}

export async function deleteRows(
  dataSource: DataSource,
  entities: readonly EntityTarget<ObjectLiteral>[],
): Promise<void> {
  for (const entity of entities) {
    await dataSource.createQueryBuilder().delete().from(entity).execute();
  }
}
