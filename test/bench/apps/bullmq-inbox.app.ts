// A peer without HTTP: events are added to BullMQ, and a worker that does nothing runs in the same process.
import { Queue, Worker } from 'bullmq';
import type { IdKind } from '../load/event.ids.js';
import { monotonicMs } from '../monotonic.clock.js';
import { queueName, REDIS } from '../redis.js';
import { configuration, serve } from '../remote.js';
import { nextEvent } from './events.js';
import { produce, type Production } from './producers.js';
import { Tally } from './tally.js';

interface Work {
  readonly id: string;
  readonly payload: unknown;
}

const { concurrency, ids } = configuration<{
  readonly concurrency: number;
  readonly ids: IdKind;
}>();
const name = queueName();
const queue = new Queue<Work>(name, { connection: REDIS });
const completed = new Tally();
let failed = 0;
const worker = new Worker<Work>(name, () => Promise.resolve(), {
  connection: REDIS,
  concurrency,
});
worker.on('completed', () => completed.handle(''));
worker.on('failed', () => failed++);
await queue.waitUntilReady();
await worker.waitUntilReady();

const api = {
  /** Adds jobs and waits until each one is handled and recorded; returns the jobs per second. */
  async run(production: Production): Promise<number> {
    const before = completed.count;
    const startedAtMs = monotonicMs();
    const count = await produce(production, () => {
      const { id, payload } = nextEvent(ids);
      return queue.add('points.updated', { id, payload }, { removeOnComplete: true });
    });
    await completed.reaches(before + count);
    if (failed > 0) throw new Error(`${failed} jobs failed.`);
    return count / ((monotonicMs() - startedAtMs) / 1_000);
  },
  async clean(): Promise<void> {
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
  },
};

export type BullmqApi = typeof api;
serve(api);
