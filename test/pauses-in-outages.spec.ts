import type { LeasedJob } from '../lib/queue/job.js';
import { PauseService } from '../lib/queue/pauses/pause.service.js';
import { Pauses } from '../lib/queue/pauses/pauses.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { Occurrences } from '../lib/telemetry/occurrences.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, SERVERS } from './support/databases.js';
import { proxied, type ProxiedDatabase } from './support/proxied.database.js';
import { Signal } from './support/signal.js';
import { Billing, calls, sources, WorkerApps } from './support/worker.apps.js';

const NOTE = { by: 'ann', reason: 'the shop is being moved' };
const PAID = { handler: 'Billing.paid' } as const;
const TYPED = { handler: 'Billing.typed' } as const;

const pauses = (app: TestApp): PauseService => app.app.get(PauseService);

/** Whether the process holds the jobs of a handler, as far as it knows. */
function isInForce(app: TestApp, { handler }: { readonly handler: string }): boolean {
  const job = { kind: 'handler', name: handler } as LeasedJob;
  const known = app.app.get(Pauses, { strict: false });
  return known.of(job, undefined) === `handler:${handler}`;
}

describeOnDatabases(
  'Pauses, while the database is away from a process',
  (kind) => {
    const apps = new WorkerApps(kind);
    let through: ProxiedDatabase;
    let worker: TestApp;

    beforeEach(async () => {
      through = await proxied({ options: apps.options, drop: () => Promise.resolve() });
      worker = await startApp({
        database: through,
        options: { clock: apps.clock, sources },
        host: { providers: [Billing] },
      });
    });

    afterEach(async () => {
      await worker.close();
      await through.drop();
    });

    /** Time goes on, turn by turn. */
    const pass = async (until: () => boolean): Promise<void> => {
      while (!until()) {
        apps.clock.advance(1_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };

    it('stay in force, those of others are in force after it, and nothing is lost', async () => {
      const other = await apps.start([Billing], { roles: ['receive'] });
      await pauses(worker).pause(PAID, NOTE);
      const failures = new Signal<string>();
      let told = 0;
      worker.app.get(Occurrences).on('background.failed', ({ work }) => {
        if (work !== 'Reading the pauses') return;
        told++;
        failures.push(work);
      });

      // Cut off while it asks, and whenever it asks again.
      apps.clock.advance(1_000);
      through.proxy.cut();
      const tries = through.proxy.connects;
      await pass(() => told > 0 && through.proxy.connects > tries + 3);
      await failures.next();
      expect(isInForce(worker, PAID)).toBe(true);
      expect(isInForce(worker, TYPED)).toBe(false);

      await pauses(other).pause(TYPED, { by: 'bob', reason: 'set during the outage' });
      for (let count = 0; count < 3; count++) await apps.send(other, 'order.paid', { total: 1 });
      through.proxy.restore();
      await pass(() => isInForce(worker, TYPED));
      expect(told).toBe(1);
      expect(isInForce(worker, PAID)).toBe(true);
      await worker.drain();
      expect(calls).toEqual([]);
      const { items } = await worker.app.get(QueueService).list({ state: 'available' });
      expect(items.map(({ pausedBy }) => pausedBy).toSorted()).toEqual([
        ...Array.from({ length: 3 }, () => 'handler:Billing.paid'),
        ...Array.from({ length: 3 }, () => 'handler:Billing.typed'),
      ]);

      await pauses(worker).resume(PAID);
      await pauses(worker).resume(TYPED);
      await worker.drain();
      expect(calls.filter((call) => call === 'typed:2')).toHaveLength(3);
      expect(new Set(calls.filter((call) => call.startsWith('paid'))).size).toBe(3);
      expect(calls).toHaveLength(6);
    });
  },
  SERVERS,
);
