import { ring } from './support/bell.js';
import { describeOnDatabases } from './support/databases.js';
import { SharedDatabase } from './support/shared.database.js';
import { Signal } from './support/signal.js';
import {
  aborted,
  Account,
  ALL_REFUSED,
  drain,
  Effect,
  effects,
  jobs,
  QUEUE,
  send,
  settle,
  standing,
  start,
  waysToWrite,
  type Host,
  type Step,
} from './support/transaction.host.js';

describeOnDatabases('A transaction that is over', (kind) => {
  const database = new SharedDatabase(kind, [Effect, Account]);
  let host: Host;

  beforeEach(async () => {
    host = await start(database);
  });

  afterEach(() => host.app.close());

  const expectOneEffect = async (): Promise<void> => {
    await drain(host);
    expect(await effects(host)).toEqual(['the effect']);
    expect(host.bell.rung).toEqual(['once']);
    expect((await jobs(host)).map(({ state }) => state)).toEqual(['completed', 'completed']);
  };

  const succeed: Step = async ({ manager }) => {
    await manager.insert(Effect, { what: 'the effect' });
    await host.handlers.notifications.notify(ring('once'), { manager });
  };

  it('F-1 takes nothing of an attempt whose time is over, in whichever way it writes', async () => {
    const outcomes = new Signal<Record<string, string>>();
    host.handlers.steps = [
      async (context) => {
        await succeed(context);
        const ways = waysToWrite(context.manager, host.handlers.notifications);
        await aborted(context.signal);
        outcomes.push(await settle(ways));
      },
      succeed,
    ];
    await send(host, 'quick');
    const outcome = await outcomes.next();
    expect([...new Set(Object.values(outcome))]).toEqual(ALL_REFUSED);
    await expectOneEffect();
    // Three on a machine that is too busy for the second to end in time.
    expect(host.handlers.runs.slice(0, 2)).toEqual([1, 2]);
  });

  it('F-1 takes nothing of a late attempt that goes on after the next one has succeeded', async () => {
    const outcomes = new Signal<Record<string, string>>();
    const succeeded = new Signal<true>();
    host.handlers.steps = [
      async (context) => {
        const ways = waysToWrite(context.manager, host.handlers.notifications);
        await succeeded.next();
        outcomes.push(await settle(ways));
      },
      async (context) => {
        await succeed(context);
        succeeded.push(true);
      },
    ];
    await send(host, 'quick');
    await drain(host);
    const outcome = await outcomes.next();
    expect([...new Set(Object.values(outcome))]).toEqual(ALL_REFUSED);
    await expectOneEffect();
  });

  it('F-1 ends a save() of many rows in the middle', async () => {
    const saved = new Signal<unknown>();
    host.handlers.steps = [
      async ({ manager, signal }) => {
        const rows = ['before', 'stand still', 'after', 'after'].map((what) => ({ what }));
        const saving = manager.save(Effect, rows, { chunk: 1 }).then(
          () => 'saved',
          (error: unknown) => error,
        );
        await standing.reached.next();
        await aborted(signal);
        standing.goOn.push(true);
        saved.push(await saving);
      },
      succeed,
    ];
    await send(host, 'quick');
    expect(await saved.next()).toBeInstanceOf(Error);
    await expectOneEffect();
  });

  it('F-1 takes nothing of a failed attempt whose other statements are still under way', async () => {
    const rest = new Signal<unknown>();
    host.handlers.steps = [
      async ({ manager }) => {
        const many = Array.from({ length: 200 }, (_, index) => ({ what: `row ${index}` }));
        const saving = manager.save(Effect, many, { chunk: 1, transaction: false });
        const inserting = (async () => {
          for (let index = 0; index < 200; index++) {
            await manager.insert(Effect, { what: `inserted ${index}` });
          }
        })();
        void Promise.allSettled([saving, inserting]).then((results) => rest.push(results));
        await manager.insert(Effect, { what: 'first' });
        throw new Error('one of several at once failed');
      },
      succeed,
    ];
    await send(host, 'patient');
    expect(await rest.next()).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await expectOneEffect();
  });

  it('F-1 takes nothing of an attempt that a stop interrupts', async () => {
    await host.app.close();
    host = await start(database, { ...QUEUE, stopTimeoutMs: 1 });
    const outcomes = new Signal<Record<string, string>>();
    const began = new Signal<true>();
    const { notifications } = host.handlers;
    host.handlers.steps = [
      async (context) => {
        await succeed(context);
        const ways = waysToWrite(context.manager, notifications);
        began.push(true);
        await aborted(context.signal);
        outcomes.push(await settle(ways));
      },
    ];
    await send(host, 'patient');
    await began.next();
    await host.app.close();
    expect([...new Set(Object.values(await outcomes.next()))]).toEqual(ALL_REFUSED);
    host = await start(database);
    host.handlers.steps = [succeed];
    await expectOneEffect();
  });

  it('F-1 has a rule whose time was over fire once, and its notification sent once', async () => {
    await host.app.close();
    host = await start(database, { ...QUEUE, timeoutMs: 100 });
    const goOn = new Signal<true>();
    host.handlers.firing = async (run) => {
      if (run === 1) await goOn.next();
      else goOn.push(true);
    };
    await send(host, 'judged');
    await drain(host);
    // Three on a machine that is too busy for the second to end in time.
    expect(host.handlers.runs.slice(0, 2)).toEqual([1, 2]);
    expect(host.bell.rung).toEqual(['the rule has fired']);
    expect((await jobs(host)).map(({ state }) => state)).toEqual([
      'completed',
      'completed',
      'completed',
    ]);
  });

  it('F-1 waits for a transaction inside of it that was not awaited', async () => {
    host.handlers.steps = [
      async ({ manager }) => {
        void manager.transaction(async (inner) => {
          await inner.insert(Effect, { what: 'one' });
          await inner.insert(Effect, { what: 'two' });
        });
      },
    ];
    await send(host, 'patient');
    await drain(host);
    expect(await effects(host)).toEqual(['one', 'two']);
    expect(await host.app.dataSource().transaction((own) => own.find(Account))).toEqual([]);
  });

  it('F-1 stores notifications that were asked for at the same time', async () => {
    host.handlers.steps = [
      async ({ manager }) => {
        const names = ['a', 'b', 'c', 'd'];
        await manager.insert(Effect, { what: 'before' });
        await Promise.all(names.map((name) => host.handlers.notifications.notify(ring(name))));
        await manager.insert(Effect, { what: 'after' });
      },
    ];
    await send(host, 'patient');
    await drain(host);
    expect(host.bell.rung.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(await effects(host)).toEqual(['before', 'after']);
    expect(host.handlers.runs).toEqual([1]);
  });

  it('F-1 waits for notifications that were not awaited', async () => {
    host.handlers.steps = [
      () => {
        for (const name of ['a', 'b', 'c']) void host.handlers.notifications.notify(ring(name));
        return Promise.resolve();
      },
    ];
    await send(host, 'patient');
    await drain(host);
    expect(host.bell.rung.toSorted()).toEqual(['a', 'b', 'c']);
    expect(host.handlers.runs).toEqual([1]);
  });

  it('F-1 is left alone by the work of others on the connection that is given back', async () => {
    host.handlers.steps = [
      async ({ manager, signal }) => {
        await manager.insert(Effect, { what: 'rolled back' });
        await aborted(signal);
      },
      succeed,
    ];
    await send(host, 'quick');
    await drain(host);
    await Promise.all(
      Array.from({ length: 20 }, (_, id) =>
        host.app.dataSource().getRepository(Account).insert({ id, cents: 0 }),
      ),
    );
    await expectOneEffect();
    expect(await host.app.dataSource().getRepository(Account).count()).toBe(20);
  });
});
