import { Injectable, type Type } from '@nestjs/common';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { SqlDatabase } from '../../lib/database/sql-database.js';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../../lib/event/webhook-event.js';
import type { ProcessRole } from '../../lib/processes/roles.option.js';
import type { QueueOptions } from '../../lib/queue/queue.options.js';
import { unsigned } from '../../lib/signatures/providers/unsigned/unsigned.js';
import { OnTimer } from '../../lib/timers/on-timer.decorator.js';
import { startApp, type TestApp } from './application.js';
import type { DatabaseKind, TestDatabase } from './databases.js';
import { SharedDatabase } from './shared.database.js';
import { Signal } from './signal.js';

export const HOUR_MS = 3_600_000;
export const sources = { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) };
/** What ran, in its order. */
export const handled = new Signal<string>();

@Injectable()
export class Handlers {
  @OnWebhook('*')
  handle({ id }: WebhookEvent): void {
    handled.push(id);
  }

  @OnTimer('remind')
  remind(payload: string): void {
    handled.push(payload);
  }
}

/** The applications of a test, which share a database, and which no poll helps within the test. */
export class WakeUpApps {
  /** Of their connections in this run: other tests have connections to the server, too. */
  readonly name = `hookline-${process.pid}`;
  private readonly database: SharedDatabase;
  private readonly open: TestApp[] = [];

  constructor(kind: DatabaseKind) {
    this.database = new SharedDatabase(kind);
    afterEach(async () => {
      for (const app of this.open.splice(0).toReversed()) await app.close();
      handled.clear();
    });
  }

  get options(): TestDatabase['options'] {
    return this.database.options;
  }

  /** @param wakeUps `'auto'` leaves the option out */
  async start(
    roles: readonly ProcessRole[],
    wakeUps: 'auto' | boolean = 'auto',
    changes: object = {},
    queue: QueueOptions = { pollIntervalMs: HOUR_MS },
    providers: readonly Type[] = [],
  ): Promise<TestApp> {
    const options = { ...this.options, applicationName: this.name, ...changes };
    const app = await startApp({
      database: { options: options as TypeOrmModuleOptions },
      options: { sources, roles, ...(wakeUps !== 'auto' && { database: { wakeUps } }), queue },
      host: { providers: [Handlers, ...providers] },
    });
    this.open.push(app);
    return app;
  }

  /** Closes an application before its test ends. */
  async stop(app: TestApp): Promise<void> {
    this.open.splice(this.open.indexOf(app), 1);
    await app.close();
  }
}

/** Has an application receive an event. */
export async function send(app: TestApp, id: string): Promise<void> {
  const body = JSON.stringify({ id, type: 'points' });
  const headers = { 'content-type': 'application/json' };
  expect((await app.post('/webhooks/game', body, headers)).status).toBe(200);
}

export const isListening = (app: TestApp): boolean => app.app.get(SqlDatabase).wakeUps.isListening;
