import fc from 'fast-check';
import { Column, DataSource, Entity, Index, PrimaryColumn, type ObjectLiteral } from 'typeorm';
import { FakeClock } from '../../../test/support/fake.clock.js';
import { createSqlDatabase } from '../../database/database.factory.js';
import { AsideItems } from '../aside/aside-items.js';
import { KeysetQuery } from './keyset.query.js';
import { PolledTable } from './polled.table.js';
import { RunSpan } from '../run/run.span.js';
import { TableReader } from './table.reader.js';

const LOOK_BACK_MS = 60_000;

@Entity('change')
@Index(['changedAt', 'id'])
class Change {
  @PrimaryColumn('integer')
  id!: number;

  @Column('datetime')
  changedAt!: string;
}

/** A row that is given its cursor value now, and is committed so much later. */
interface Write {
  readonly kind: 'write';
  readonly lateMs: number;
}

interface Wait {
  readonly kind: 'wait';
  readonly ms: number;
}

/** A run, in a process that has run before or in a new one. */
interface Run {
  readonly kind: 'run';
  readonly isRestarted: boolean;
}

const steps = fc.array(
  fc.oneof(
    fc.record<Write>({
      kind: fc.constant('write'),
      lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: LOOK_BACK_MS - 1_000 })),
    }),
    fc.record<Wait>({
      kind: fc.constant('wait'),
      ms: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1_000, max: 200_000 })),
    }),
    fc.record<Run>({ kind: fc.constant('run'), isRestarted: fc.boolean() }),
  ),
  { minLength: 5, maxLength: 60 },
);

/** A run without an end of its own. */
function spanOf(clock: FakeClock): RunSpan {
  const never = new AbortController().signal;
  const timeoutMs = Number.MAX_SAFE_INTEGER;
  return new RunSpan(clock, { poller: 'changes', timeoutMs, stopping: never, lost: never });
}

describe(TableReader, () => {
  let dataSource: DataSource;

  beforeAll(async () => {
    dataSource = await new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [Change],
      synchronize: true,
    }).initialize();
  });

  afterAll(() => dataSource.destroy());

  function createReader(
    clock: FakeClock,
    limits: { pageSize: number; maxRows: number },
  ): TableReader {
    const table = new PolledTable(createSqlDatabase(dataSource), dataSource.getMetadata(Change));
    const query = new KeysetQuery(table, table.columnOf('changedAt')!, [table.columnOf('id')!]);
    const toEvent = ({ id }: ObjectLiteral) => ({ type: 'changed', data: id as number });
    const options = { start: 'beginning', lookBackMs: LOOK_BACK_MS, dedupeBy: 'content' } as const;
    return new TableReader('changes', query, toEvent, { ...options, ...limits }, clock, () => {});
  }

  describe('read', () => {
    it('misses no row, however late it is committed within the look-back, and repeats none', async () => {
      const limits = fc.record({
        pageSize: fc.integer({ min: 1, max: 4 }),
        maxRows: fc.integer({ min: 1, max: 6 }),
      });
      await fc.assert(
        fc.asyncProperty(steps, limits, async (script, limit) => {
          await dataSource.getRepository(Change).clear();
          const clock = new FakeClock();
          const pending: { id: number; changedAt: string; visibleAt: number }[] = [];
          const told: string[] = [];
          let nextId = 0;
          let reader = createReader(clock, limit);
          let progress = await reader.begin();

          const commitDue = async (): Promise<void> => {
            for (const row of pending.filter(({ visibleAt }) => visibleAt <= clock.now())) {
              pending.splice(pending.indexOf(row), 1);
              await dataSource.query('INSERT INTO change (id, "changedAt") VALUES (?, ?)', [
                row.id,
                row.changedAt,
              ]);
            }
          };
          const run = async (): Promise<boolean> => {
            let more = false;
            for await (const batch of reader.read(progress, spanOf(clock), new AsideItems([]))) {
              told.push(...batch.tried.flatMap(({ events }) => events.map(({ id }) => id)));
              progress = batch.progress();
              ({ more } = batch);
            }
            return more;
          };

          for (const step of script) {
            if (step.kind === 'wait') clock.advance(step.ms);
            if (step.kind === 'write') {
              // Keys descend where times tie, so that a later row stands before an earlier one.
              const changedAt = new Date(clock.now()).toISOString().slice(0, 19).replace('T', ' ');
              pending.push({
                id: 1_000 - nextId++,
                changedAt,
                visibleAt: clock.now() + step.lateMs,
              });
            }
            await commitDue();
            if (step.kind === 'run') {
              if (step.isRestarted) reader = createReader(clock, limit);
              await run();
            }
          }
          clock.advance(LOOK_BACK_MS);
          await commitDue();
          while (await run());
          expect(new Set(told).size).toBe(nextId);

          // Once all is settled, nothing is read again, by whichever process.
          for (let round = 0; round < 2; round++) {
            clock.advance(LOOK_BACK_MS);
            while (await run());
          }
          const before = told.length;
          reader = createReader(clock, limit);
          await run();
          expect(told).toHaveLength(before);
          expect(new Set(told).size).toBe(nextId);
        }),
        { numRuns: 60 },
      );
    }, 30_000);

    it('asks the database once for new rows and for those that it looks at once more', async () => {
      const clock = new FakeClock();
      const reader = createReader(clock, { pageSize: 10, maxRows: 10 });
      let progress = await reader.begin();
      const page = jest.spyOn(KeysetQuery.prototype, 'page');
      const run = async (): Promise<number> => {
        page.mockClear();
        for await (const batch of reader.read(progress, spanOf(clock), new AsideItems([]))) {
          progress = batch.progress();
        }
        return page.mock.calls.length;
      };
      const write = (id: number): Promise<unknown> =>
        dataSource.query('INSERT INTO change (id, "changedAt") VALUES (?, ?)', [
          id,
          new Date(clock.now()).toISOString(),
        ]);
      await dataSource.getRepository(Change).clear();
      for (const id of [1, 2, 3]) {
        clock.advance(LOOK_BACK_MS);
        await write(id);
        expect(await run()).toBe(1);
      }
      expect(JSON.parse(progress.lookBack ?? '')).toMatchObject({
        settled: { key: '2' },
        mark: { key: '3' },
      });
      page.mockRestore();
    });
  });
});
