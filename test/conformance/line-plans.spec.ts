import { DATABASES, describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { plansOn } from './explained-plans.js';
import { jobRow, startMachine, type Machine } from './machine.js';

const FLOOD = 20_000;
const NOW = 1_000_000;

/** The index over the due times of all lines. */
const ALL_LINES = /webhook_job_due/;

describeOnDatabases(
  'Beside a line with many due jobs',
  (kind) => {
    let database: TestDatabase;
    let machine: Machine;

    beforeAll(async () => {
      database = await kind.create();
      machine = await startMachine(database);
      const flood = Array.from({ length: FLOOD }, (_, index) => jobRow({ share: 0, dueAt: index }));
      const quiet = [jobRow({ share: 1, dueAt: NOW - 1 }), jobRow({ share: 1, dueAt: NOW + 1 })];
      await machine.database.transaction(() => machine.queue.insert([...flood, ...quiet]));
      await machine.dataSource.query('ANALYZE webhook_job');
    });

    afterAll(async () => {
      await machine.dataSource.destroy();
      await database.drop();
    });

    it.each([
      ['a look', () => machine.queue.look(NOW)],
      [
        'a claim',
        () =>
          machine.queue.claim({
            now: NOW,
            leaseUntil: 2 * NOW,
            leasedBy: 'a',
            shares: [1],
            each: 100,
          }),
      ],
    ] as const)('%s at another line does not read those jobs', async (_, begin) => {
      // A prepared statement gets its lasting plan after a few runs.
      for (let run = 0; run < 7; run++) {
        const plans = await plansOn(machine, begin);
        expect(plans.join()).toMatch(/webhook_job_share/);
        expect(plans.join()).not.toMatch(ALL_LINES);
      }
    });

    it('a look tells when the first job of each line is due, and the next one', async () => {
      const open = await machine.database.transaction(() => machine.queue.look(NOW));
      expect(open).toEqual([
        { share: 0, dueAt: 0, nextAt: Infinity },
        { share: 1, dueAt: NOW - 1, nextAt: NOW + 1 },
        { share: null, dueAt: Infinity, nextAt: Infinity },
      ]);
    });

    it('a claim takes the due job of its line, and no other', async () => {
      const claim = { now: NOW, leaseUntil: 2 * NOW, leasedBy: 'a', shares: [1], each: 100 };
      const jobs = await machine.database.transaction(() => machine.queue.claim(claim));
      expect(jobs.map(({ share }) => share)).toEqual([1]);
    });
  },
  DATABASES.filter(({ name }) => name === 'PostgreSQL'),
);
