import { CountEntity } from '../lib/counts/count.entity.js';
import type { CountFilter } from '../lib/counts/count.list.js';
import { CountService } from '../lib/counts/count.service.js';
import type { CountView } from '../lib/counts/count.view.js';
import type { CountGrain } from '../lib/counts/counted.js';
import { Pruner } from '../lib/retention/pruner.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { SharedDatabase } from './support/shared.database.js';
import { storeRows } from './support/stored-rows.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-01T10:30:00Z');
const ALL = { from: new Date(0), to: new Date(START + DAY_MS) };

describeOnDatabases('Lists of counts', (kind) => {
  const database = new SharedDatabase(kind);

  // Jest drops the database after what is inside.
  describe('of an application', () => {
    let app: TestApp;
    let counts: CountService;

    beforeAll(async () => {
      const options = { clock: new FakeClock(START), retention: { batchSize: 2 } };
      app = await startApp({ database, options });
      counts = app.app.get(CountService);
    });

    afterAll(() => app.close());

    const list = async (grain: CountGrain): Promise<readonly CountView[]> =>
      (await counts.list({ grain, ...ALL }, { limit: 1_000 })).items;

    it('are deleted in batches: minutes after 2 days, hours after 60, days after two years', async () => {
      const ages = { minute: 2, hour: 60, day: 730 } as const;
      const rows = Object.entries(ages).flatMap(([grain, days]) =>
        [-3, -2, -1, 0, 1].flatMap((steps) =>
          ['a', 'b', 'c'].map((name) => ({
            grain: grain as CountGrain,
            startsAt: START - days * DAY_MS + steps * MINUTE_MS,
            what: 'sent' as const,
            name,
            process: 'p',
            count: 1,
            waiting: null,
            running: null,
          })),
        ),
      );
      await storeRows(app.dataSource(), CountEntity, rows);
      await app.app.get(Pruner, { strict: false }).prune();
      for (const [grain, days] of Object.entries(ages)) {
        const left = await list(grain as CountGrain);
        expect(left.map(({ startsAt }) => startsAt.getTime() - START + days * DAY_MS)).toEqual([
          0,
          0,
          0,
          ...[1, 1, 1].map(() => MINUTE_MS),
        ]);
      }
    });

    it('are read page by page, and each sum whole', async () => {
      const rows = [0, 1].flatMap((minute) =>
        (['completed', 'sent'] as const).flatMap((what) =>
          ['a', 'B', 'é'].flatMap((name) =>
            Array.from({ length: 3 }, (_, process) => ({
              grain: 'minute' as const,
              startsAt: START + minute * MINUTE_MS,
              what,
              name,
              process: `p${process}`,
              count: 2 ** 40,
              waiting: '[1,2]',
              running: null,
            })),
          ),
        ),
      );
      await storeRows(app.dataSource(), CountEntity, rows);
      const all = await list('minute');
      expect(all).toHaveLength(12);
      for (const { count, waiting } of all) {
        expect(count).toBe(3 * 2 ** 40);
        expect(waiting!.slice(0, 3)).toEqual([3, 6, 0]);
      }
      const filter = { grain: 'minute', ...ALL } as const;
      const paged: CountView[] = [];
      let after: string | undefined;
      do {
        const page = await counts.list(filter, { limit: 5, after });
        paged.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      expect(paged).toEqual(all);
      await expect(
        counts.list(
          { ...filter, grain: 'hour' },
          { after: (await counts.list(filter, { limit: 1 })).next },
        ),
      ).rejects.toThrow(RangeError);
    });

    it('are refused for wrong filters, and found by no text that cannot be stored', async () => {
      const right = { grain: 'hour', from: new Date(0), to: new Date(START) };
      for (const wrong of [
        { grain: 'week' },
        { grain: 'constructor' },
        { grain: undefined },
        { from: 5 },
        { from: undefined },
        { to: new Date(Number.NaN) },
        { to: null },
      ]) {
        await expect(counts.list({ ...right, ...wrong } as CountFilter)).rejects.toThrow(
          RangeError,
        );
      }
      for (const odd of [{ name: 'a\u0000' }, { what: 'nothing' }, { name: 'x'.repeat(5_000) }]) {
        expect(await counts.list({ ...right, ...odd } as CountFilter)).toMatchObject({ items: [] });
      }
      await expect(counts.list(right as CountFilter, { limit: 0 })).rejects.toThrow(RangeError);
      await expect(counts.list(right as CountFilter, { after: 'x' })).rejects.toThrow(RangeError);
    });
  });
});
