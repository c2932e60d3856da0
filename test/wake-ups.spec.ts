import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Clock } from '../lib/clock/clock.js';
import { DATABASE_CLOCK } from '../lib/database/database.clock.js';
import { SqlDatabase } from '../lib/database/sql-database.js';
import { TimerService } from '../lib/timers/timer.service.js';
import { startApp, type TestApp } from './support/application.js';
import { DATABASES, describeOnDatabases, SERVERS } from './support/databases.js';
import { proxied } from './support/proxied.database.js';
import { SharedDatabase } from './support/shared.database.js';
import {
  Handlers,
  handled,
  HOUR_MS,
  isListening,
  send,
  sources,
  WakeUpApps,
} from './support/wake-up.apps.js';

const postgres = DATABASES.filter(({ name }) => name === 'PostgreSQL');

describeOnDatabases(
  'Wake-ups',
  (kind) => {
    const apps = new WakeUpApps(kind);

    const connections = (app: TestApp): Promise<{ pid: number }[]> =>
      app
        .dataSource()
        .query(
          'SELECT pid FROM pg_stat_activity WHERE application_name = $1 ORDER BY backend_start DESC',
          [`${apps.name} (wake-ups)`],
        );

    it('REQ-99 start a job that another process has received, long before a poll', async () => {
      const worker = await apps.start(['work']);
      const receiver = await apps.start(['receive']);
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
      await apps.start(['work']);
      const receiver = await apps.start(['receive']);
      await send(receiver, 'first');
      await handled.next();
      const timers = receiver.app.get(TimerService);
      await timers.set('remind', { key: 'soon', in: 300, payload: 'soon' });
      expect(await handled.next()).toBe('soon');
      await timers.set('remind', { key: 'later', in: HOUR_MS, payload: 'later' });
      await timers.set('remind', { key: 'later', in: 100, payload: 'now' });
      expect(await handled.next()).toBe('now');
    });

    it('REQ-99 start it at once too where the clock of the worker is behind', async () => {
      const worker = await apps.start(['work']);
      const receiver = await apps.start(['receive']);
      await send(receiver, 'first');
      await handled.next();
      const clock = worker.app.get<Clock>(DATABASE_CLOCK);
      const now = clock.now.bind(clock);
      jest.spyOn(clock, 'now').mockImplementation(() => now() - 300);
      for (const id of ['second', 'third']) {
        await send(receiver, id);
        expect(await handled.next()).toBe(id);
      }
    });

    it('REQ-99 come back after the connection was cut, and what was added meanwhile runs', async () => {
      // It wakes nobody: the worker finds its jobs when it begins to listen.
      const receiver = await apps.start(['receive'], false);
      await send(receiver, 'first');
      const worker = await apps.start(['work']);
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
      const observer = await apps.start(['receive'], false);
      await send(observer, 'first');
      const worker = await apps.start(['receive', 'work']);
      await handled.next();
      expect(await connections(observer)).toHaveLength(1);
      await apps.stop(worker);
      // The server ends a session a moment after its connection.
      while ((await connections(observer)).length > 0);
      expect(isListening(worker)).toBe(false);
    });

    it('REQ-99 open no connection where the option is false, and jobs run by the poll', async () => {
      const worker = await apps.start(['work'], false, {}, { pollIntervalMs: 20 });
      const receiver = await apps.start(['receive'], false);
      await send(receiver, 'first');
      expect(await handled.next()).toBe('first');
      expect(await connections(worker)).toEqual([]);
    });

    it('REQ-99 leave applications with another prefix alone', async () => {
      const prefix = { entityPrefix: 'other_', synchronize: true };
      const others = await apps.start(['work'], 'auto', prefix);
      const loud = await apps.start(['receive'], 'auto', { ...prefix, synchronize: false });
      const quiet = await apps.start(['receive'], false, { ...prefix, synchronize: false });
      for (const id of ['first', 'second']) {
        await send(loud, id);
        expect(await handled.next()).toBe(id);
      }
      expect(isListening(others)).toBe(true);
      // It waits in the line that wake-ups of the other application name, too, until somebody looks there.
      await send(quiet, 'unseen');
      await apps.start(['work']);
      const receiver = await apps.start(['receive']);
      for (const id of ['third', 'fourth', 'fifth']) {
        await send(receiver, id);
        expect(await handled.next()).toBe(id);
      }
      await send(loud, 'last');
      expect([await handled.next(), await handled.next()].toSorted()).toEqual(['last', 'unseen']);
    });

    it('REQ-99 begin once the server is there that was away when the application started', async () => {
      const through = await proxied({ options: apps.options, drop: () => Promise.resolve() });
      const { proxy } = through;
      /** Between the checks of start-up and the first connection for wake-ups. */
      @Injectable()
      class Outage {
        constructor(private readonly dataSource: DataSource) {}

        async onModuleInit(): Promise<void> {
          // The pool keeps these: only the connection for wake-ups is a new one.
          const queries = Array.from({ length: 8 }, () =>
            this.dataSource.query('SELECT pg_sleep(0.1)'),
          );
          await Promise.all(queries);
          proxy.refuse();
        }
      }
      try {
        const { url } = through.options as { url: string };
        const worker = await apps.start(['work'], 'auto', { url }, undefined, [Outage]);
        const before = proxy.connects;
        while (proxy.connects === before) await new Promise(setImmediate);
        expect(isListening(worker)).toBe(false);
        const receiver = await apps.start(['receive']);
        await send(receiver, 'first');
        proxy.restore();
        expect(await handled.next()).toBe('first');
        for (const id of ['second', 'third']) {
          await send(receiver, id);
          expect(await handled.next()).toBe(id);
        }
        expect(isListening(worker)).toBe(true);
        await apps.stop(worker);
      } finally {
        await through.drop();
      }
    });

    it('REQ-99 neither fail nor delay an application whose connection for them is refused', async () => {
      const through = await proxied({ options: apps.options, drop: () => Promise.resolve() });
      try {
        const { url } = through.options as { url: string };
        const worker = await apps.start(['work'], 'auto', { url }, { pollIntervalMs: 20 });
        const receiver = await apps.start(['receive']);
        through.proxy.cut();
        through.proxy.restore();
        await send(receiver, 'first');
        expect(await handled.next()).toBe('first');
        through.proxy.cut();
        await apps.stop(worker);
        expect(isListening(worker)).toBe(false);
      } finally {
        await through.drop();
      }
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
