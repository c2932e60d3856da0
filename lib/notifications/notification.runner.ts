import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { Sealer } from '../database/sealer.js';
import { SqlDatabase } from '../database/sql-database.js';
import { describeError } from '../errors/describe-error.js';
import { Occurrences } from '../telemetry/occurrences.js';
import type { JobAttempt, JobPool, JobRunner, PausableNames } from '../queue/job-runner.js';
import { JobRunnerRegistry } from '../queue/job-runner.registry.js';
import type { LeasedJob } from '../queue/job.js';
import { LeaseLostError } from '../queue/lease-lost.error.js';
import { isVerdict } from '../retry/verdict.js';
import { ChannelRegistry } from './channel.registry.js';
import type { SendReceipt } from './channels/channel.js';
import type { NotificationEntity } from './notification.entity.js';
import { NOTIFICATION_JOB } from './notification-job.js';
import { placeOfPayload } from './place-of-payload.js';
import { NotificationStore, type SentMark } from './notification.store.js';
import {
  NOTIFICATIONS_OPTIONS,
  type ResolvedNotificationsOptions,
} from './notifications.options.js';

/** How long to wait before recording a sent notification again, after the database failed to. */
const RECORD_AGAIN_MS = 1_000;

/**
 * Sends one notification through its channel.
 *
 * @internal
 */
@Injectable()
export class NotificationRunner implements JobRunner<NotificationEntity>, OnModuleInit {
  readonly kind = NOTIFICATION_JOB;

  constructor(
    private readonly runners: JobRunnerRegistry,
    private readonly channels: ChannelRegistry,
    private readonly store: NotificationStore,
    private readonly database: SqlDatabase,
    private readonly sealer: Sealer,
    private readonly occurrences: Occurrences,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(NOTIFICATIONS_OPTIONS.token) private readonly options: ResolvedNotificationsOptions,
  ) {}

  onModuleInit(): void {
    this.runners.register(this);
  }

  load(refs: readonly string[]): Promise<ReadonlyMap<string, NotificationEntity>> {
    return this.store.load(refs);
  }

  /** Each channel has a pool of its own: a mail server that does not answer keeps no chat message waiting. */
  pool(channel: string): JobPool {
    return { name: channel };
  }

  pausable({ name: channel }: LeasedJob): PausableNames {
    return { channel };
  }

  timeoutMs(): number {
    return this.options.timeoutMs;
  }

  label({ name, ref }: LeasedJob): string {
    return `Notification ${ref} by '${name}'`;
  }

  async run(attempt: JobAttempt<NotificationEntity>): Promise<unknown> {
    const { id, channel, payload, createdAt, sentAt } = attempt.payload;
    // An earlier attempt sent it, and could record no more than that.
    if (sentAt !== null) return undefined;
    const result = await this.channels.get(channel).send({
      id,
      payload: JSON.parse(this.sealer.openText(payload, placeOfPayload(id))) as unknown,
      attempt: attempt.job.attempt,
      createdAt: new Date(createdAt),
      signal: attempt.signal,
    });
    if (isVerdict(result)) return result;
    this.occurrences.counter.sent(channel);
    const receipt = receiptOf(result);
    return this.record(attempt, { id, sentAt: this.clock.now(), receipt });
  }

  /**
   * Records that the notification is out, together with the job's completion: only a crash between
   * the two sides can have it sent again. A database that is away is waited for, as long as the
   * attempt may take.
   */
  private async record(attempt: JobAttempt, sent: SentMark): Promise<void> {
    for (;;) {
      try {
        await this.database.managed(async (manager) => {
          await this.store.markSent(manager, sent);
          await attempt.completeWithin(manager);
        });
        return;
      } catch (error) {
        if (error instanceof LeaseLostError) return this.recordLate(sent, error);
        if (attempt.signal.aborted) throw error;
        const work = `Recording that ${this.label(attempt.job)} is sent`;
        this.occurrences.failed(NotificationRunner.name, work, error);
        await new Promise<void>((resolve) => {
          this.clock.schedule(resolve, RECORD_AGAIN_MS);
        });
      }
    }
  }

  /** The attempt was given up before the channel came back: the next one must find it sent. */
  private async recordLate(sent: SentMark, lost: LeaseLostError): Promise<never> {
    await this.database.managed((manager) => this.store.markSent(manager, sent));
    throw lost;
  }
}

/** A channel in JavaScript may give nothing: what it has sent must not be sent again for that. */
function receiptOf(result: SendReceipt | null | undefined): string | null {
  const receipt = result?.receipt;
  return receipt === undefined ? null : describeError(receipt);
}
