import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { KeySequence } from '../database/key-sequence.js';
import { describeError } from '../errors/describe-error.js';
import type { PayloadIssue, PayloadSchema } from '../event/payload-schema.js';
import { applySchema } from '../event/payload-schema.js';
import { valueAt } from '../event/value-at.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { QueueEngine } from '../queue/queue.engine.js';
import { Occurrences } from '../telemetry/occurrences.js';
import { eventRow } from './event-row.js';
import { EventSubscribers } from './event-subscribers.js';
import { EventCommitter, type StagedEvent } from './event.committer.js';
import { EventSeal } from './event.seal.js';
import { FastClocks } from './fast-clocks.js';
import type { EventPlan } from './event.subscriber.js';
import type {
  AcceptResult,
  AllAccepted,
  AllRefused,
  IncomingEvent,
  RefusedEvent,
} from './incoming-event.js';
import { SourceSchemas } from './source-schemas.js';
import { UnwantedTypes } from './unwanted-types.js';

/** An event on its way, and the jobs that its subscribers want for it. */
interface PlannedEvent {
  readonly incoming: IncomingEvent;
  readonly event: WebhookEvent;
  readonly plan: EventPlan;
}

/**
 * The entry for every event, from the receiver and from pollers: finds out which jobs it needs, and commits
 * event and jobs in one transaction, shared with other events that arrive at the same time.
 *
 * @internal
 */
@Injectable()
export class Inbox {
  private readonly keys = new KeySequence();
  private readonly unwanted: UnwantedTypes;
  private readonly fastClocks: FastClocks;

  constructor(
    private readonly committer: EventCommitter,
    private readonly queue: QueueEngine,
    private readonly subscribers: EventSubscribers,
    private readonly schemas: SourceSchemas,
    private readonly seal: EventSeal,
    private readonly occurrences: Occurrences,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {
    this.unwanted = new UnwantedTypes(occurrences);
    this.fastClocks = new FastClocks(occurrences);
  }

  /**
   * Accepts the events of one request, one or many: all in one transaction, or none. When this resolves to
   * `ok`, they are committed.
   *
   * @param incoming the events
   * @param onInvalid what to do if the data of an event fails a schema: `store` stores the event as rejected,
   * and the others as usual; `refuse` stores no event of the request
   * @throws the database's error: nothing is stored then, unless the connection broke after the commit; the
   * events are then duplicates when they arrive again
   * @throws {SchemaFailedError} when a schema throws; nothing is stored
   * @throws {OverloadedError} when too many events wait for their commit
   * @throws {AcceptTimeoutError} when the commit takes too long; a transaction that has begun may still
   * commit
   */
  acceptAll(incoming: readonly IncomingEvent[], onInvalid: 'store'): Promise<AllAccepted>;
  acceptAll(
    incoming: readonly IncomingEvent[],
    onInvalid?: 'refuse' | 'store',
  ): Promise<AllAccepted | AllRefused>;
  async acceptAll(
    incoming: readonly IncomingEvent[],
    onInvalid: 'refuse' | 'store' = 'refuse',
  ): Promise<AllAccepted | AllRefused> {
    const now = this.clock.now();
    const planned: PlannedEvent[] = [];
    const refused: RefusedEvent[] = [];
    for (const one of incoming) {
      const event = this.toEvent(one, now);
      const planning = this.plan(event);
      // Planning is nearly always synchronous: an await would cost each event a turn of the microtasks.
      const plan = planning instanceof Promise ? await planning : planning;
      if (!plan.ok) refused.push({ index: planned.length, issues: plan.issues });
      planned.push({ incoming: one, event, plan });
    }
    if (refused.length > 0 && onInvalid === 'refuse') return { ok: false, refused };
    if (planned.length === 0) return { ok: true, results: [] };
    const inserted = await this.committer.commit(planned.map((one) => this.stage(one)));
    return { ok: true, results: planned.map((one) => this.resultOf(one, inserted)) };
  }

  /** Resolves when no event waits for its commit. */
  idle(): Promise<void> {
    return this.committer.idle();
  }

  private toEvent(incoming: IncomingEvent, now: number): WebhookEvent {
    const occurredAt = incoming.occurredAt?.getTime() ?? now;
    if (occurredAt > now) this.fastClocks.add(incoming.source, occurredAt, now);
    return {
      key: this.keys.next(now),
      id: incoming.id,
      source: incoming.source,
      tenant: incoming.tenant,
      type: incoming.type,
      data: valueAt(incoming.payload, incoming.dataPath),
      occurredAt: new Date(Math.min(occurredAt, now)),
      receivedAt: new Date(now),
      headers: incoming.headers,
      rawBody: incoming.rawBody,
    };
  }

  private plan(event: WebhookEvent): EventPlan | Promise<EventPlan> {
    const schema = this.schemas.find(event.source);
    return schema === undefined ? this.subscribers.plan(event) : this.planValidated(event, schema);
  }

  private async planValidated(event: WebhookEvent, schema: PayloadSchema): Promise<EventPlan> {
    const verdict = await applySchema(schema, event.data, `source '${event.source}'`);
    return verdict.ok ? this.subscribers.plan({ ...event, data: verdict.data }) : verdict;
  }

  private stage({ incoming, event, plan }: PlannedEvent): StagedEvent {
    if (!plan.ok) {
      const reason = describe(plan.issues);
      const row = eventRow(this.seal, incoming, event, 'rejected', reason);
      return { row, jobs: this.queue.stage([]) };
    }
    const status = plan.jobs.length > 0 ? 'accepted' : 'ignored';
    const row = eventRow(this.seal, incoming, event, status, null);
    return { row, jobs: this.queue.stage(plan.jobs) };
  }

  private resultOf({ event, plan }: PlannedEvent, inserted: ReadonlySet<string>): AcceptResult {
    const result = resultOf(event.key, plan, inserted);
    this.occurrences.counter.stored(result.outcome, event.source);
    if (result.outcome === 'ignored') this.unwanted.add(event);
    return result;
  }
}

function resultOf(key: string, plan: EventPlan, inserted: ReadonlySet<string>): AcceptResult {
  if (!inserted.has(key)) return { outcome: 'duplicate', key };
  if (!plan.ok) return { outcome: 'rejected', key, issues: plan.issues };
  return { outcome: plan.jobs.length > 0 ? 'accepted' : 'ignored', key };
}

function describe(issues: readonly PayloadIssue[]): string {
  return describeError(issues.map(({ path, message }) => `${path}: ${message}`).join('; '));
}
