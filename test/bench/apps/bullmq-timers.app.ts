// A peer: BullMQ's delayed jobs, and a worker in the same process.
import { Queue, Worker } from 'bullmq';
import { queueName, REDIS } from '../redis.js';
import { serve } from '../remote.js';
import type { Pace } from './producers.js';
import { TimerRounds, type DueTimer, type TimersApi } from './timer-rounds.js';

interface Offer {
  readonly key: string;
  readonly points: number;
}

/** Jobs that are added in one command. */
const BATCH = 1_000;
const MONTH_MS = 30 * 86_400_000;

const name = queueName();
const queue = new Queue<Offer>(name, { connection: REDIS });
const rounds = new TimerRounds();
const worker = new Worker<Offer>(
  name,
  ({ data }) => {
    rounds.fired(data.key);
    return Promise.resolve();
  },
  // The library's default.
  { connection: REDIS, concurrency: 10 },
);
await queue.waitUntilReady();
await worker.waitUntilReady();

function add(timers: readonly DueTimer[]): Promise<unknown> {
  const timestamp = Date.now();
  return queue.addBulk(
    timers.map(({ key, dueAtMs }) => ({
      name: 'expiry',
      data: { key, points: 100 },
      opts: { removeOnComplete: true, timestamp, delay: Math.max(0, dueAtMs - timestamp) },
    })),
  );
}

const api = {
  /** Adds jobs that are due in a month. */
  async fill(count: number): Promise<void> {
    const dueAtMs = Date.now() + MONTH_MS;
    for (let from = 0; from < count; from += BATCH) {
      const length = Math.min(BATCH, count - from);
      await add(
        Array.from({ length }, (_, index) => ({ key: `pending-${from + index}`, dueAtMs })),
      );
    }
  },
  round: (pace: Pace): Promise<Float64Array> => rounds.run(pace, add),
  firedTwice: (): number => rounds.firedTwice,
  async clean(): Promise<void> {
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
  },
} satisfies TimersApi;

export type BullmqTimersApi = typeof api;
serve(api);
