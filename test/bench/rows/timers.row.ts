import type { BullmqTimersApi } from '../apps/bullmq-timers.app.js';
import type { OurTimersApi } from '../apps/timers.app.js';
import type { Child } from '../child.process.js';
import { startApp, startOurs, type Context, type Row } from '../context.js';
import { copyRows, waysOf } from '../copies.js';
import type { BenchDatabase, DatabaseKind } from '../databases.js';
import { compareTimes } from '../measure.js';

const PENDING = 100_000;
const PER_SECOND = 1_000;
const WARM_UP = { perSecond: PER_SECOND, seconds: 1 };
const MONTH_MS = 30 * 86_400_000;

export const timers: Row = {
  number: '13',
  title: `How late ${PER_SECOND} timers a second fire beside ${PENDING} pending ones, against BullMQ`,
  async measure(context) {
    const pending = PENDING * context.options.scale;
    const peer = await startApp<BullmqTimersApi>('bullmq-timers', {});
    try {
      await peer.call('fill', pending);
      await peer.call('round', WARM_UP);
      for (const kind of context.databasesWithTarget) {
        await compareTimers(context, kind, peer, pending);
      }
    } finally {
      await peer.call('clean');
      await peer.stop();
    }
  },
};

async function compareTimers(
  context: Context,
  kind: DatabaseKind,
  peer: Child<BullmqTimersApi>,
  pending: number,
): Promise<void> {
  const { rounds, seconds } = context.options;
  const pace = { perSecond: PER_SECOND, seconds };
  const database = await kind.create();
  const ours = await startOurs<OurTimersApi>(context, 'timers', { database: database.options });
  try {
    await ours.call('setOne');
    await copyTimer(database, pending);
    await ours.call('round', WARM_UP);
    const results = await compareTimes({
      row: '13',
      title: `timer late, ${kind.label}`,
      rounds,
      targets: { p50: 1, p99: 1 },
      ours: { label: 'timers', run: () => ours.call('round', pace) },
      theirs: { label: 'BullMQ', run: () => peer.call('round', pace) },
    });
    const twice = await ours.call('firedTwice');
    const notes = [`all fired; ${twice} fired twice, of BullMQ ${await peer.call('firedTwice')}`];
    for (const result of results) {
      context.done({ ...result, reached: result.reached === true && twice === 0, notes });
    }
  } finally {
    await ours.stop();
    await database.drop();
  }
}

/** Copies the timer that the library has set. The copies are due from then on, one each millisecond. */
async function copyTimer(database: BenchDatabase, count: number): Promise<void> {
  const { uuid } = waysOf(database);
  const now = Date.now();
  const setAt = `${now - count} + i`;
  const dueAt = `${now + MONTH_MS} + i`;
  const [id, jobId] = [uuid('timer', setAt), uuid('a job', setAt)];
  await copyRows(database, [
    {
      table: 'webhook_timer',
      count,
      set: { id, timer_key: "'pending-' || i", run_at: dueAt, set_at: setAt, job_id: jobId },
    },
    {
      table: 'webhook_job',
      count,
      set: { id: jobId, ref: id, due_at: dueAt, created_at: setAt },
    },
  ]);
}
