import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { EventReader } from '../inbox/event.reader.js';
import { applySchema } from '../event/payload-schema.js';
import { Discard } from '../retry/discard.js';
import { EnterLane } from '../queue/enter-lane.js';
import type { JobAttempt, JobRunner } from '../queue/job-runner.js';
import { JobRunnerRegistry } from '../queue/job-runner.registry.js';
import type { LeasedJob } from '../queue/job.js';
import { NotRun } from '../queue/not-run.js';
import { Unreadable } from '../queue/unreadable.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../queue/queue.options.js';
import { isVerdict } from '../retry/verdict.js';
import { HANDLER_JOB, type HandlerPayload } from './dispatcher.js';
import type { HandlerContext } from './handler-context.js';
import type { Handler } from './handler.js';
import { HandlerDirectory } from './handler.directory.js';
import { laneOf, sortingLane } from './handler-lane.js';
import { HandlerRegistry } from './handler.registry.js';

/** How long a job waits for another process to take it, times its attempt, up to so many times. */
const ROUND_MS = 5_000;
const MAX_ROUNDS = 12;

/**
 * Runs one handler for one event.
 *
 * @internal
 */
@Injectable()
export class HandlerRunner implements JobRunner<HandlerPayload>, OnModuleInit {
  readonly kind = HANDLER_JOB;

  constructor(
    private readonly runners: JobRunnerRegistry,
    private readonly handlers: HandlerRegistry,
    private readonly directory: HandlerDirectory,
    private readonly events: EventReader,
    private readonly database: SqlDatabase,
    @Inject(QUEUE_OPTIONS.token) private readonly options: ResolvedQueueOptions,
  ) {}

  onModuleInit(): void {
    this.runners.register(this);
  }

  canRunAny(): boolean {
    return !this.handlers.isEmpty;
  }

  async load(refs: readonly string[]): Promise<ReadonlyMap<string, HandlerPayload | Unreadable>> {
    const events = await this.events.load(refs);
    return new Map(
      [...events].map(([key, { event, problem }]) => [
        key,
        event === undefined ? new Unreadable(problem) : { event, problem, validated: false },
      ]),
    );
  }

  timeoutMs(name: string): number {
    return this.handlers.find(name)?.timeoutMs ?? this.options.timeoutMs;
  }

  label(job: LeasedJob, { event }: HandlerPayload): string {
    return `Handler ${job.name} for event '${event.id}' (${event.type}) from '${event.source}'`;
  }

  /** A handler that waits for the connection that it uses itself can only time out. */
  interrupted({ name }: LeasedJob, reason: Error): Error {
    const isTransactional = this.handlers.find(name)?.transactional === true;
    if (!isTransactional || !this.database.hasOneConnection) return reason;
    return new Error(
      `${reason.message}; the pool has one connection, which the handler's transaction had: a query that ` +
        "does not go through `context.manager` waits for it. Raise the data source's `poolSize`.",
      { cause: reason },
    );
  }

  async run(attempt: JobAttempt<HandlerPayload>): Promise<unknown> {
    const { job, payload } = attempt;
    const handler = this.handlers.find(job.name);
    if (handler === undefined) return this.leftToOthers(job);
    // Nearly all came from memory, where they were validated: no promise for those.
    const event = payload.validated ? payload.event : await this.validated(handler, payload);
    if (event instanceof Discard) return event;
    if (handler.lane !== undefined) {
      const move = laneToEnter(job, handler, event);
      if (move !== undefined) return move;
    }
    return handler.transactional
      ? this.runInTransaction(handler, event, attempt)
      : handler.handle(event, contextOf(attempt, undefined));
  }

  /** During a deployment, a process of the previous version may claim the job of a new handler. */
  private async leftToOthers({ name, attempt }: LeasedJob): Promise<NotRun> {
    const reason = `this process has no handler named ${name}`;
    if (!(await this.directory.isRunning(name))) throw new Error(reason);
    const delayMs = Math.min(attempt, MAX_ROUNDS) * ROUND_MS;
    return new NotRun(delayMs, `${reason}, and another process that is running has`);
  }

  private async validated(
    { name, schema }: Handler,
    { event, problem }: HandlerPayload,
  ): Promise<WebhookEvent | Discard> {
    if (problem !== undefined) throw problem;
    if (schema === undefined) return event;
    const verdict = await applySchema(schema, event.data, `handler ${name}`);
    if (verdict.ok) return { ...event, data: verdict.data };
    return new Discard(
      `the stored payload does not fit the handler's schema any more, at: ` +
        verdict.issues.map(({ path }) => path).join(', '),
    );
  }

  private runInTransaction(
    handler: Handler,
    event: WebhookEvent,
    attempt: JobAttempt,
  ): Promise<unknown> {
    // When its time is over, the transaction is, too: the connection, and on SQLite the whole database,
    // would otherwise be gone for as long as the handler likes, and what it does then would count.
    return this.database.managed(async (manager) => {
      const result = await handler.handle(event, contextOf(attempt, manager));
      // Thrown, so that what was written so far is rolled back: the work is not done.
      if (isVerdict(result)) throw result;
      await attempt.completeWithin(manager);
      return result;
    }, attempt.signal);
  }
}

function contextOf(attempt: JobAttempt, manager: HandlerContext['manager']): HandlerContext {
  const { job } = attempt;
  return {
    attempt: job.attempt,
    maxAttempts: job.maxAttempts,
    jobId: job.id,
    // Made only for those who ask for it.
    get signal() {
      return attempt.signal;
    },
    manager,
  };
}

/**
 * The move of a job that is not in its lane yet: the process that planned it did not have the handler, or the
 * handler's function threw. What it throws fails the attempt, outside of all lanes: no event waits for one
 * whose lane nobody knows.
 */
function laneToEnter(
  { lane }: Pick<LeasedJob, 'lane'>,
  handler: Handler,
  event: WebhookEvent,
): EnterLane | undefined {
  if (lane === null) {
    const own = laneOf(handler, event);
    return own === undefined ? undefined : new EnterLane(own);
  }
  if (lane !== sortingLane(handler).name) return undefined;
  try {
    return new EnterLane(laneOf(handler, event));
  } catch {
    return new EnterLane(undefined);
  }
}
