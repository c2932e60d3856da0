import type { ClaimsApi } from '../apps/claims.app.js';
import type { InboxApi } from '../apps/inbox.app.js';
import { Child } from '../child.process.js';
import type { Row } from '../context.js';
import type { BenchDatabase } from '../databases.js';
import { compare } from '../measure.js';
import type { BenchOptions } from '../options.js';

export const JOBS = 40_000;
export const PROCESSES = 4;
const LOOK_EVERY_MS = 5;

export interface Claims {
  readonly database: BenchDatabase;
  readonly processes: number;
  readonly jobs: number;
  /** The checkout of the processes, if it is another one. */
  readonly checkout?: string;
}

export const claims: Row = {
  number: '8',
  title: `Claims by ${PROCESSES} processes on PostgreSQL, against one`,
  async measure(context) {
    const kind = context.databasesWithTarget.find(({ name }) => name === 'postgres');
    if (kind === undefined) {
      context.warn('Row 8 needs PostgreSQL.');
      return;
    }
    const jobs = JOBS * context.options.scale;
    let doubles = 0;
    const run = async (processes: number): Promise<number> => {
      const database = await kind.create();
      try {
        const outcome = await claimAll(context.options, { database, processes, jobs });
        doubles += outcome.doubles;
        return outcome.perSecond;
      } finally {
        await database.drop();
      }
    };
    const result = await compare({
      row: '8',
      title: 'claims by several processes, PostgreSQL',
      unit: 'jobs/s',
      rounds: context.options.rounds,
      target: 1,
      ours: { label: `${PROCESSES} processes`, run: () => run(PROCESSES) },
      theirs: { label: '1 process', run: () => run(1) },
    });
    context.done({
      ...result,
      reached: result.reached === true && doubles === 0,
      notes: [`${doubles} jobs ran twice`],
    });
  },
};

/** Lets processes, on any cores, run the jobs that were accepted before they started. */
export async function claimAll(
  options: BenchOptions,
  { database, processes, jobs, checkout }: Claims,
): Promise<{ perSecond: number; doubles: number }> {
  const from = checkout === undefined ? {} : { checkout };
  await accept(options, { database, jobs, ...from });
  const workers = await Promise.all(
    Array.from({ length: processes }, () =>
      Child.start<ClaimsApi>({
        file: 'apps/claims.app.js',
        ...from,
        config: { database: database.options },
      }),
    ),
  );
  try {
    const startedAtMs = Math.min(
      ...(await Promise.all(workers.map((worker) => worker.call('start')))),
    );
    while ((await total(workers)) < jobs) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    const endedAtMs = Math.max(
      ...(await Promise.all(workers.map((worker) => worker.call('settled')))),
    );
    const runs = (await Promise.all(workers.map((worker) => worker.call('runs')))).flat();
    return {
      perSecond: jobs / ((endedAtMs - startedAtMs) / 1_000),
      doubles: runs.length - new Set(runs).size,
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

async function accept(
  { connections: producers }: BenchOptions,
  { database, jobs: count, ...from }: Omit<Claims, 'processes'>,
): Promise<void> {
  const app = await Child.start<InboxApi>({
    file: 'apps/inbox.app.js',
    ...from,
    config: { database: database.options, roles: ['receive'] },
  });
  await app.call('fill', { producers, count });
  await app.stop();
}

async function total(workers: readonly Child<ClaimsApi>[]): Promise<number> {
  const counts = await Promise.all(workers.map((worker) => worker.call('count')));
  return counts.reduce((sum, count) => sum + count, 0);
}
