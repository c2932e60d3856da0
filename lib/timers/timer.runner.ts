import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Sealer } from '../database/sealer.js';
import { AttemptCaller } from '../dispatch/attempt.caller.js';
import { applySchema } from '../event/payload-schema.js';
import type { JobAttempt, JobRunner, PausableNames } from '../queue/job-runner.js';
import { JobRunnerRegistry } from '../queue/job-runner.registry.js';
import type { LeasedJob } from '../queue/job.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../queue/queue.options.js';
import { Discard } from '../retry/discard.js';
import { placeOfPayload } from './place-of-payload.js';
import { TIMER_JOB } from './timer-job.js';
import type { TimerEntity } from './timer.entity.js';
import { announcedName, TimerRegistry } from './timer.registry.js';
import type { TimerMethod } from './timer.method.js';
import { TimerStore } from './timer.store.js';

/**
 * Runs the method of a timer that is due.
 *
 * @internal
 */
@Injectable()
export class TimerRunner implements JobRunner<TimerEntity>, OnModuleInit {
  readonly kind = TIMER_JOB;

  constructor(
    private readonly runners: JobRunnerRegistry,
    private readonly timers: TimerRegistry,
    private readonly store: TimerStore,
    private readonly caller: AttemptCaller,
    private readonly sealer: Sealer,
    @Inject(QUEUE_OPTIONS.token) private readonly options: ResolvedQueueOptions,
  ) {}

  onModuleInit(): void {
    this.runners.register(this);
  }

  canRunAny(): boolean {
    return !this.timers.isEmpty;
  }

  load(refs: readonly string[]): Promise<ReadonlyMap<string, TimerEntity>> {
    return this.store.load(refs);
  }

  pausable({ name: timer }: LeasedJob): PausableNames {
    return { timer };
  }

  timeoutMs(name: string): number {
    return this.timers.find(name)?.timeoutMs ?? this.options.timeoutMs;
  }

  /** Without the key: it may be an address. */
  label({ name, ref }: LeasedJob): string {
    return `Timer '${name}' ${ref}`;
  }

  interrupted({ name }: LeasedJob, reason: Error): Error {
    return this.caller.interrupted(this.timers.find(name)?.transactional === true, reason);
  }

  async run(attempt: JobAttempt<TimerEntity>): Promise<unknown> {
    const { job, payload: timer } = attempt;
    const { name, key } = timer;
    const method = this.timers.find(name);
    if (method === undefined) {
      return this.caller.leftToOthers(job, `timer named ${name}`, announcedName(name));
    }
    const payload = await fitting(method, this.payloadOf(timer));
    if (payload instanceof Discard) return payload;
    const runAt = new Date(timer.runAt);
    // Added to the context itself: a copy would make its signal.
    return this.caller.call(attempt, method.transactional, (context) =>
      method.run(payload, Object.assign(context, { name, key, runAt })),
    );
  }

  private payloadOf({ id, payload }: TimerEntity): unknown {
    if (payload === null) return undefined;
    return JSON.parse(this.sealer.openText(payload, placeOfPayload(id)));
  }
}

/** The payload as its method gets it. */
async function fitting({ name, schema }: TimerMethod, payload: unknown): Promise<unknown> {
  if (schema === undefined) return payload;
  const verdict = await applySchema(schema, payload, `timer ${name}`);
  if (verdict.ok) return verdict.data;
  const paths = verdict.issues.map(({ path }) => path).join(', ');
  return new Discard(`the stored payload does not fit the timer's schema any more, at: ${paths}`);
}
