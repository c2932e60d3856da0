import { JobEntity } from '../lib/queue/job.entity.js';
import { dueTimeOf } from '../lib/queue/pauses/pause.js';
import { PauseService } from '../lib/queue/pauses/pause.service.js';
import { AppProcess } from './support/app.process.js';
import type { TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { Billing, calls, WorkerApps } from './support/worker.apps.js';

const PAID = { handler: 'Billing.paid' } as const;

/** More than become due in one transaction. */
const MANY = 510;
const BATCH = 500;

const pauses = (app: TestApp): PauseService => app.app.get(PauseService);

const held = (app: TestApp): Promise<number> =>
  app
    .dataSource()
    .getRepository(JobEntity)
    .countBy({ dueAt: dueTimeOf('handler:Billing.paid') });

describeOnDatabases('A process that is killed while it ends a pause', (kind) => {
  const apps = new WorkerApps(kind);

  it.each([
    ['before the end is stored, ends nothing', 1, 20, { isListed: true, left: 20 }],
    ['before the first jobs are due, leaves them to others', 2, 20, { isListed: false, left: 20 }],
    ['between jobs, leaves the rest to others', 3, MANY, { isListed: false, left: MANY - BATCH }],
  ])(
    '%s, and each job runs once',
    async (_, stopsIn, count, { isListed, left }) => {
      const before = await apps.start([Billing]);
      await pauses(before).pause(PAID, { by: 'ann', reason: 'the shop is being moved' });
      await Promise.all(Array.from({ length: count }, () => apps.send(before, 'order.other')));
      await before.drain();
      expect(await held(before)).toBe(count);
      await apps.stop(before);

      const settings = { RESUME: JSON.stringify(PAID), STOP_IN: String(stopsIn) };
      const killed = new AppProcess(apps, 'resuming-app.ts', settings);
      expect(await killed.told('stopped')).toBe(`in ${stopsIn}`);
      await killed.end('SIGKILL');

      const observer = await apps.start([], { roles: ['receive'] });
      const listed = await pauses(observer).get(PAID);
      expect(listed?.by).toBe(isListed ? 'ann' : undefined);
      expect(await held(observer)).toBe(left);
      expect(calls).toEqual([]);

      // The first thing that a process does when it starts.
      const after = await apps.start([Billing]);
      expect(await held(after)).toBe(isListed ? count : 0);
      await after.drain();
      expect(calls).toHaveLength(isListed ? 0 : count);
      expect(await pauses(after).resume(PAID)).toBe(isListed);
      await after.drain();
      expect(calls).toHaveLength(count);
      expect(new Set(calls).size).toBe(count);
    },
    60_000,
  );
});
