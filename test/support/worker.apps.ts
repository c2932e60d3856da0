import { Injectable, type INestApplication, type Provider, type Type } from '@nestjs/common';
import { z } from 'zod';
import { HandlerEntity } from '../../lib/dispatch/handler.entity.js';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../../lib/event/webhook-event.js';
import { InboxService } from '../../lib/inbox/inbox.service.js';
import type { WebhookModuleOptions } from '../../lib/module/webhook.options.js';
import type { JobView } from '../../lib/queue/job.view.js';
import { QueueService } from '../../lib/queue/queue.service.js';
import { Rule } from '../../lib/rules/rule.decorator.js';
import { unsigned } from '../../lib/signatures/providers/unsigned/unsigned.js';
import { startApp, type TestApp } from './application.js';
import type { DatabaseKind, TestDatabase } from './databases.js';
import { FakeClock } from './fake.clock.js';
import { SharedDatabase } from './shared.database.js';

const facts = { id: { path: 'id' }, type: { path: 'type' }, dataPath: 'data' } as const;
export const sources = { game: unsigned(facts), shop: unsigned(facts) };
/** What ran in this test, in its order. */
export const calls: string[] = [];

@Injectable()
export class Billing {
  @OnWebhook('order.*', { source: 'game', maxAttempts: 3 })
  paid(event: WebhookEvent): void {
    calls.push(`paid:${event.id}`);
  }

  @OnWebhook('order.paid', { schema: z.object({ total: z.coerce.number() }) })
  typed(event: WebhookEvent<{ total: number }>): void {
    calls.push(`typed:${event.data.total + 1}`);
  }

  @Rule<{ total: number }>({
    name: 'large',
    on: 'order.paid',
    subject: (event) => event.id,
    when: (event) => event.data.total > 100,
  })
  large(): void {
    calls.push('large');
  }
}

@Injectable()
export class Renamed {
  @OnWebhook('order.*')
  booked(event: WebhookEvent): void {
    calls.push(`booked:${event.id}`);
  }
}

@Injectable()
export class Wider {
  @OnWebhook(['order.*', 'refund'], { name: 'Renamed.booked' })
  booked(event: WebhookEvent): void {
    calls.push(`wider:${event.id}`);
  }
}

/** The applications of a test, which share a database and a clock: some run jobs, others only receive. */
export class WorkerApps {
  clock = new FakeClock();
  private readonly database: SharedDatabase;
  private readonly open: TestApp[] = [];
  private count = 0;

  /** @param entities the host's own */
  constructor(
    kind: DatabaseKind,
    private readonly entities: readonly Type[] = [],
  ) {
    this.database = new SharedDatabase(kind, entities);
    beforeEach(() => {
      this.clock = new FakeClock();
      calls.length = 0;
    });
    afterEach(async () => {
      for (const app of this.open.splice(0)) await app.close();
    });
  }

  async start(
    providers: Provider[],
    options: WebhookModuleOptions = {},
    prepare: (app: INestApplication) => void = () => undefined,
  ): Promise<TestApp> {
    const { clock, database } = this;
    const app = await startApp({
      database,
      options: { clock, sources, ...options },
      entities: this.entities,
      host: { providers },
      prepare,
    });
    this.open.push(app);
    return app;
  }

  /** Of their data source, for an application in a process of its own. */
  get options(): TestDatabase['options'] {
    return this.database.options;
  }

  startReceiver(): Promise<TestApp> {
    return this.start([], { roles: ['receive'] });
  }

  /** Closes an application before its test ends. */
  async stop(app: TestApp): Promise<void> {
    this.open.splice(this.open.indexOf(app), 1);
    await app.close();
  }

  /** @returns the id of the event, and what the receiver says of it: a status of HTTP, where that is not 200 */
  async send(
    app: TestApp,
    type: string,
    data: object = {},
    source = 'game',
  ): Promise<{ id: string; status: string }> {
    const id = `event-${++this.count}`;
    const answer = await app.post(`/webhooks/${source}`, JSON.stringify({ id, type, data }), {
      'content-type': 'application/json',
    });
    if (answer.status !== 200) return { id, status: String(answer.status) };
    return { id, status: (JSON.parse(answer.body) as { status: string }).status };
  }

  /** Time goes on until what its timers have begun shows. */
  async pass(ms: number, until: () => Promise<boolean>): Promise<void> {
    this.clock.advance(ms);
    while (!(await until())) {
      this.clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** The handlers that the database knows, by their names. */
export const known = (app: TestApp): Promise<HandlerEntity[]> =>
  app
    .dataSource()
    .getRepository(HandlerEntity)
    .find({ order: { name: 'ASC' } });

export async function jobsOf(app: TestApp, id: string): Promise<readonly JobView[]> {
  const [event] = (await app.app.get(InboxService).list({ id })).items;
  return (await app.app.get(QueueService).list({ ref: event!.key })).items;
}
