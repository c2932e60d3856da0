import { Injectable } from '@nestjs/common';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { SqlDatabase } from '../lib/database/sql-database.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import type { ProcessRole } from '../lib/processes/roles.option.js';
import type { QueueOptions } from '../lib/queue/queue.options.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { OnTimer } from '../lib/timers/on-timer.decorator.js';
import { TimerService } from '../lib/timers/timer.service.js';
import { startApp, type TestApp } from './support/application.js';
import { DATABASES, describeOnDatabases, SERVERS } from './support/databases.js';
import {
  hasPgBouncer,
  startPgBouncer,
  throughPgBouncer,
  type PgBouncer,
} from './support/pgbouncer.js';
import { proxied } from './support/proxied.database.js';
import { SharedDatabase } from './support/shared.database.js';
import { Signal } from './support/signal.js';

const HOUR_MS = 3_600_000;
const sources = { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) };
const handled = new Signal<string>();

@Injectable()
class Handlers {
  @OnWebhook('*')
  handle({ id }: WebhookEvent): void {
    handled.push(id);
  }

  @OnTimer('remind')
  remind(payload: string): void {
    handled.push(payload);
  }
}

const postgres = DATABASES.filter(({ name }) => name === 'PostgreSQL');

describeOnDatabases(
  'Wake-ups',
  (kind) => {
    const database = new SharedDatabase(kind);
    const open: TestApp[] = [];
    /** Of this run: other tests have connections to the server, too. */
    const name = `hookline-${process.pid}`;
    let pooler: PgBouncer | undefined;

    afterEach(async () => {
      for (const app of open.splice(0).toReversed()) await app.close();
      await pooler?.stop();
      pooler = undefined;
    });

    const start = async (
      roles: readonly ProcessRole[],
      wakeUps: 'auto' | boolean = 'auto',
      changes: object = {},
      queue: QueueOptions = { pollIntervalMs: HOUR_MS },
    ): Promise<TestApp> => {
      const options = { ...database.options, applicationName: name, ...changes };
      const app = await startApp({
        database: { options: options as TypeOrmModuleOptions },
        options: { sources, roles, database: { wakeUps }, queue },
        host: { providers: [Handlers] },
      });
      open.push(app);
      return app;
    };

    const send = async (app: TestApp, id: string): Promise<void> => {
      const body = JSON.stringify({ id, type: 'points' });
      const headers = { 'content-type': 'application/json' };
      expect((await app.post('/webhooks/game', body, headers)).status).toBe(200);
    };

    const connections = (app: TestApp): Promise<{ pid: number }[]> =>
      app
        .dataSource()
        .query(
          'SELECT pid FROM pg_stat_activity WHERE application_name = $1 ORDER BY backend_start DESC',
          [`${name} (wake-ups)`],
        );

    const isListening = (app: TestApp): boolean => app.app.get(SqlDatabase).wakeUps.isListening;

    it('REQ-99 start a job that another process has received, long before a poll', async () => {
      const worker = await start(['work']);
      const receiver = await start(['receive']);
      // It runs at the latest when the worker begins to listen; the others run by their wake-ups alone.
      await send(receiver, 'first');
      expect(await handled.next()).toBe('first');
      expect(isListening(worker)).toBe(true);
      for (const id of ['second', 'third', 'fourth']) {
        await send(receiver, id);
        expect(await handled.next()).toBe(id);
      }
      expect(isListening(receiver)).toBe(false);
    });

    it('REQ-99 run a timer of another process at its time', async () => {
      await start(['work']);
      const receiver = await start(['receive']);
      await send(receiver, 'first');
      await handled.next();
      const timers = receiver.app.get(TimerService);
      await timers.set('remind', { key: 'soon', in: 300, payload: 'soon' });
      expect(await handled.next()).toBe('soon');
      await timers.set('remind', { key: 'later', in: HOUR_MS, payload: 'later' });
      await timers.set('remind', { key: 'later', in: 100, payload: 'now' });
      expect(await handled.next()).toBe('now');
    });

    it('REQ-99 come back after the connection was cut, and what was added meanwhile runs', async () => {
      // It wakes nobody: the worker finds its jobs when it begins to listen.
      const receiver = await start(['receive'], false);
      await send(receiver, 'first');
      const worker = await start(['work']);
      expect(await handled.next()).toBe('first');
      for (const id of ['second', 'third']) {
        await send(receiver, id);
        const [listening] = await connections(worker);
        await worker.dataSource().query('SELECT pg_terminate_backend($1)', [listening!.pid]);
        expect(await handled.next()).toBe(id);
      }
      expect(worker.logger.of('warn')).toEqual([]);
    });

    it('REQ-99 end their connection with the application', async () => {
      const observer = await start(['receive'], false);
      await send(observer, 'first');
      const worker = await start(['receive', 'work']);
      await handled.next();
      expect(await connections(observer)).toHaveLength(1);
      await open.splice(open.indexOf(worker), 1)[0]!.close();
      // The server ends a session a moment after its connection.
      while ((await connections(observer)).length > 0);
      expect(isListening(worker)).toBe(false);
    });

    it('REQ-99 open no connection where the option is false, and jobs run by the poll', async () => {
      const worker = await start(['work'], false, {}, { pollIntervalMs: 20 });
      const receiver = await start(['receive'], false);
      await send(receiver, 'first');
      expect(await handled.next()).toBe('first');
      expect(await connections(worker)).toEqual([]);
    });

    it('REQ-99 leave applications with another prefix alone', async () => {
      const woken: string[] = [];
      const listen = (label: string, app: TestApp): void => {
        const { wakeUps } = app.app.get(SqlDatabase);
        const receive = (wakeUps as unknown as { receive(text: string): void }).receive.bind(
          wakeUps,
        );
        Object.assign(wakeUps, {
          receive: (text: string) => {
            if (!text.includes(';test;')) woken.push(label);
            receive(text);
          },
        });
      };
      const synchronize = { entityPrefix: 'other_', synchronize: true };
      const others = await start(['work'], 'auto', synchronize);
      const worker = await start(['work']);
      listen('others', others);
      listen('worker', worker);
      const receiver = await start(['receive']);
      await send(receiver, 'first');
      await handled.next();
      await send(receiver, 'second');
      await handled.next();
      expect(new Set(woken)).toEqual(new Set(['worker']));
    });

    it('REQ-99 neither fail nor delay an application whose connection for them is refused', async () => {
      const through = await proxied({ options: database.options, drop: () => Promise.resolve() });
      try {
        const { url } = through.options as { url: string };
        const worker = await start(['work'], 'auto', { url }, { pollIntervalMs: 20 });
        const receiver = await start(['receive']);
        through.proxy.cut();
        through.proxy.restore();
        await send(receiver, 'first');
        expect(await handled.next()).toBe('first');
        through.proxy.cut();
        await open.splice(open.indexOf(worker), 1)[0]!.close();
        expect(isListening(worker)).toBe(false);
      } finally {
        await through.drop();
      }
    });

    (hasPgBouncer ? describe : describe.skip)('behind PgBouncer', () => {
      it.each([
        ['auto', 'transaction', 'log'],
        [true, 'transaction', 'warn'],
        [true, 'session', 'warn'],
      ] as const)(
        'REQ-99 set to %s are off behind PgBouncer in %s mode, which is said once, and jobs run by the poll',
        async (wakeUps, mode, level) => {
          const { url } = database.options as { url: string };
          pooler = await startPgBouncer(url, mode);
          const through = { url: throughPgBouncer(url, pooler), extra: {} };
          const worker = await start(['work'], wakeUps, through, { pollIntervalMs: 50 });
          const receiver = await start(['receive']);
          const said = (): string[] =>
            worker.logger.of(level, 'WebhookModule').filter((line) => line.includes('LISTEN'));
          for (let id = 1; said().length === 0 || id < 3; id++) {
            await send(receiver, `event-${id}`);
            expect(await handled.next()).toBe(`event-${id}`);
          }
          expect(said()).toHaveLength(1);
          expect(isListening(worker)).toBe(false);
        },
      );
    });
  },
  postgres,
);

describeOnDatabases(
  'Without wake-ups, a database',
  (kind) => {
    const database = new SharedDatabase(kind);

    it('REQ-99 takes the option, and its processes poll', async () => {
      const app = await startApp({
        database,
        options: { sources, database: { wakeUps: true } },
        host: { providers: [Handlers] },
      });
      const { wakeUps } = app.app.get(SqlDatabase);
      expect(wakeUps.isListening).toBe(false);
      expect(app.logger.of('warn')).toEqual([]);
      await app.close();
    });
  },
  [...new Set([...DATABASES, ...SERVERS])].filter(({ name }) => name !== 'PostgreSQL'),
);
