import { Injectable } from '@nestjs/common';
import {
  Column,
  Entity,
  EventSubscriber,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  type EntityManager,
  type EntitySubscriberInterface,
  type InsertEvent,
} from 'typeorm';
import type { TransactionalHandlerContext } from '../../lib/dispatch/handler-context.js';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../../lib/event/webhook-event.js';
import type { Notification } from '../../lib/notifications/notification.js';
import { NotificationService } from '../../lib/notifications/notification.service.js';
import type { JobView } from '../../lib/queue/job.view.js';
import { QueueService } from '../../lib/queue/queue.service.js';
import type { QueueOptions } from '../../lib/queue/queue.options.js';
import { Rule } from '../../lib/rules/rule.decorator.js';
import type { RuleMatch } from '../../lib/rules/rule.options.js';
import { unsigned } from '../../lib/signatures/providers/unsigned/unsigned.js';
import { startApp, type AppSetup, type TestApp } from './application.js';
import { Bell, ring } from './bell.js';
import type { TestDatabase } from './databases.js';
import { Signal } from './signal.js';

@Entity({ name: 'tx_effect' })
export class Effect {
  @PrimaryGeneratedColumn() id!: number;
  @Column('varchar', { length: 64 }) what!: string;
}

@Entity({ name: 'tx_account' })
export class Account {
  @PrimaryColumn('integer') id!: number;
  @Column('integer') cents!: number;
}

/** Has a `save()` of many rows stand still in the middle, until it is told to go on. */
export const standing = { reached: new Signal<true>(), goOn: new Signal<true>() };

@EventSubscriber()
class StandStill implements EntitySubscriberInterface<Effect> {
  listenTo(): typeof Effect {
    return Effect;
  }

  async afterInsert({ entity }: InsertEvent<Effect>): Promise<void> {
    if (entity.what !== 'stand still') return;
    standing.reached.push(true);
    await standing.goOn.next();
  }
}

export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** What an attempt does is decided by the test. */
export type Step = (context: TransactionalHandlerContext) => Promise<void>;

@Injectable()
export class Handlers {
  /** For each attempt, the first one first; the last one for all after it. */
  steps: Step[] = [];
  /** What the rule does, by how often it was called. */
  firing: (run: number) => Promise<void> = () => Promise.resolve();
  readonly runs: number[] = [];

  constructor(readonly notifications: NotificationService) {}

  @OnWebhook('quick', { transactional: true, timeoutMs: 100 })
  async quick(_event: WebhookEvent, context: TransactionalHandlerContext): Promise<void> {
    await this.step(context);
  }

  @OnWebhook('patient', { transactional: true })
  async patient(_event: WebhookEvent, context: TransactionalHandlerContext): Promise<void> {
    await this.step(context);
  }

  @Rule({ name: 'rule', on: 'judged', subject: () => 'one', when: () => true })
  async judged(_match: RuleMatch): Promise<Notification> {
    this.runs.push(this.runs.length + 1);
    await this.firing(this.runs.length);
    return ring('the rule has fired');
  }

  private step(context: TransactionalHandlerContext): Promise<void> {
    this.runs.push(context.attempt);
    const step = this.steps[Math.min(context.attempt, this.steps.length) - 1];
    if (step === undefined) throw new Error('the test has no step');
    return step(context);
  }
}

export const QUEUE: QueueOptions = { pollIntervalMs: 10, backoff: { baseMs: 1 } };

export interface Host {
  readonly app: TestApp;
  readonly handlers: Handlers;
  readonly bell: Bell;
}

export async function start(
  database: AppSetup['database'],
  queue: QueueOptions = QUEUE,
): Promise<Host> {
  const facts = { id: { path: 'id' }, type: { path: 'type' } } as const;
  const app = await startApp({
    database: {
      options: { ...database.options, subscribers: [StandStill] } as TestDatabase['options'],
    },
    entities: [Effect, Account],
    options: {
      sources: { game: unsigned(facts) },
      queue,
      notifications: { channels: [Bell] },
    },
    host: { providers: [Handlers, Bell] },
  });
  return { app, handlers: app.app.get(Handlers), bell: app.app.get(Bell) };
}

let count = 0;
export async function send({ app }: Host, type: string): Promise<void> {
  const body = JSON.stringify({ id: `event-${++count}`, type });
  const answer = await app.post('/webhooks/game', body, { 'content-type': 'application/json' });
  expect(answer.status).toBe(200);
}

export const effects = async ({ app }: Host): Promise<string[]> =>
  (
    await app
      .dataSource()
      .getRepository(Effect)
      .find({ order: { id: 'ASC' } })
  ).map(({ what }) => what);
export const jobs = async ({ app }: Host): Promise<readonly JobView[]> =>
  (await app.app.get(QueueService).list()).items;

/** Runs what is due, and what becomes due by that or later, to its end. */
export async function drain(host: Host): Promise<void> {
  do await host.app.drain();
  while ((await jobs(host)).some(({ dueAt }) => dueAt !== null));
}

/** Everything by which a handler may write, each as if it knew nothing of the end of its time. */
export function waysToWrite(
  manager: EntityManager,
  notifications: NotificationService,
): Readonly<Record<string, () => Promise<unknown>>> {
  const repository = manager.getRepository(Effect);
  const builder = manager.createQueryBuilder().insert().into(Effect).values({ what: 'builder' });
  const runner = manager.queryRunner;
  return {
    insert: () => manager.insert(Effect, { what: 'insert' }),
    repository: () => repository.save({ what: 'repository' }),
    many: () => repository.save([{ what: 'many' }, { what: 'many' }]),
    builder: () => builder.execute(),
    query: () => manager.query("INSERT INTO tx_effect (what) VALUES ('query')"),
    runner: async () => runner?.query("INSERT INTO tx_effect (what) VALUES ('runner')"),
    nested: () => manager.transaction((inner) => inner.insert(Effect, { what: 'nested' })),
    commit: async () => runner?.commitTransaction(),
    notify: () => notifications.notify(ring('late')),
    notifyWithin: () => notifications.notify(ring('late'), { manager }),
  };
}

/** What became of them, in short. */
export async function settle(
  ways: ReturnType<typeof waysToWrite>,
): Promise<Record<string, string>> {
  const settled = Object.entries(ways).map(async ([name, write]) => {
    const [result] = await Promise.allSettled([(async () => write())()]);
    return [name, result.status] as const;
  });
  return Object.fromEntries(await Promise.all(settled));
}

/** Has all of them fail. */
export const ALL_REFUSED = ['rejected'];
