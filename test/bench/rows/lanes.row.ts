import type { LanesByHandApi } from '../apps/lanes-by-hand.app.js';
import type { LanesApi } from '../apps/lanes.app.js';
import { Child } from '../child.process.js';
import type { Context, Row } from '../context.js';
import type { BenchDatabase } from '../databases.js';
import { compare } from '../measure.js';

const LANES = 1_000;
const JOBS_OF_A_LANE = 20;
const PROCESSES = 4;
/** Jobs at the same time in one process by hand: each has a connection. */
const CONCURRENCY = 10;
const LOOK_EVERY_MS = 5;

/** What both applications offer to those who wait for their end. */
interface Worker {
  call(method: 'start' | 'count' | 'settled'): Promise<number>;
  stop(): Promise<void>;
}

export const lanes: Row = {
  number: '12',
  title: `Jobs of ${LANES} lanes in ${PROCESSES} processes on PostgreSQL, against FOR UPDATE by hand`,
  async measure(context) {
    const kind = context.databasesWithTarget.find(({ name }) => name === 'postgres');
    if (kind === undefined) {
      context.warn('Row 12 needs PostgreSQL.');
      return;
    }
    const jobs = Math.ceil(LANES * JOBS_OF_A_LANE * context.options.scale);
    const on = async (run: (database: BenchDatabase) => Promise<number>): Promise<number> => {
      const database = await kind.create();
      try {
        return await run(database);
      } finally {
        await database.drop();
      }
    };
    context.done(
      await compare({
        row: '12',
        title: `jobs of ${LANES} lanes, PostgreSQL`,
        unit: 'jobs/s',
        rounds: context.options.rounds,
        target: 1,
        ours: { label: 'lanes', run: () => on((database) => runOurs(context, database, jobs)) },
        theirs: { label: 'by hand', run: () => on((database) => runByHand(database, jobs)) },
      }),
    );
  },
};

async function runOurs(
  { options }: Context,
  database: BenchDatabase,
  jobs: number,
): Promise<number> {
  const start = (config: object): Promise<Child<LanesApi>> =>
    Child.start<LanesApi>({
      file: 'apps/lanes.app.js',
      config: { database: database.options, lanes: LANES, ...config },
    });
  const filler = await start({ roles: ['receive'] });
  await filler.call('fill', { producers: options.connections, count: jobs });
  await filler.stop();
  return runAll(await severally(() => start({})), jobs);
}

async function runByHand(database: BenchDatabase, jobs: number): Promise<number> {
  const start = (): Promise<Child<LanesByHandApi>> =>
    Child.start<LanesByHandApi>({
      file: 'apps/lanes-by-hand.app.js',
      config: { database: database.options, lanes: LANES, concurrency: CONCURRENCY },
    });
  const filler = await start();
  await filler.call('fill', jobs);
  await filler.stop();
  return runAll(await severally(start), jobs);
}

function severally<Item>(start: () => Promise<Item>): Promise<Item[]> {
  return Promise.all(Array.from({ length: PROCESSES }, start));
}

/** Lets the processes run all jobs, and stops them; returns the jobs per second. */
async function runAll(workers: readonly Worker[], jobs: number): Promise<number> {
  const all = (method: 'start' | 'count' | 'settled'): Promise<number[]> =>
    Promise.all(workers.map((worker) => worker.call(method)));
  try {
    const startedAtMs = Math.min(...(await all('start')));
    for (let count = 0; count < jobs;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      count = (await all('count')).reduce((sum, one) => sum + one, 0);
    }
    return jobs / ((Math.max(...(await all('settled'))) - startedAtMs) / 1_000);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}
