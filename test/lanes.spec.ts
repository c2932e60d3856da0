import { Discard } from '../lib/retry/discard.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import type { JobAttempt } from '../lib/queue/job-runner.js';
import { QUEUE_OPTIONS } from '../lib/queue/queue.options.js';
import { describeOnDatabases } from './support/databases.js';
import { hang, ProcessesWithClocks } from './support/processes-with-clocks.js';
import type { Process } from './support/queue-process.js';
import { QueueProcesses } from './support/queue-processes.js';

const { leaseMs } = QUEUE_OPTIONS.defaults;
const LANE = { name: 'orders/1', whenHeadFails: 'skip' } as const;
const HOLDING = { name: 'orders/1', whenHeadFails: 'hold' } as const;
const DAY_MS = 86_400_000;

describeOnDatabases('F-40 Jobs of one lane', (kind) => {
  const processes = new QueueProcesses(kind);

  const namesOf = ({ runner }: Process): string[] => runner.runs.map(({ job }) => job.name);

  it('run one at a time in the order of their ids, while those of other lanes do not wait', async () => {
    const process = await processes.start();
    let running = 0;
    let most = 0;
    const free = new Set<string>();
    process.runner.act = async ({ job }) => {
      if (job.lane === null) return void free.add(job.name);
      most = Math.max(most, ++running);
      // The others run while the first job of the lane does.
      if (job.name === '0') while (free.size < 5) await new Promise(setImmediate);
      running--;
    };
    for (let count = 0; count < 5; count++) {
      await process.add({ name: String(count), lane: LANE });
      await process.add({ name: `free ${count}` });
    }
    await process.worker.runDue();
    expect(most).toBe(1);
    expect(namesOf(process).filter((name) => !name.startsWith('free'))).toEqual([...'01234']);
    const [first] = await process.rows();
    expect(first).toMatchObject({ state: 'completed' });
  });

  it.each([
    ['throws', new Error('not now'), 'retryable'],
    ['asks for a retry in a day', new RetryLater(DAY_MS, 'tomorrow'), 'retryable'],
  ])('wait for one that %s, without being claimed meanwhile', async (_, problem, state) => {
    const process = await processes.start();
    process.runner.act = ({ job }) =>
      job.name === '0' ? Promise.reject(problem) : Promise.resolve();
    const first = await process.add({ name: '0', lane: LANE });
    const second = await process.add({ name: '1', lane: LANE });
    await process.worker.runDue();
    await process.worker.runDue();
    expect(namesOf(process)).toEqual(['0']);
    expect(await process.row(first)).toMatchObject({ state });
    expect(await process.row(second)).toMatchObject({ state: 'available', lease: 1 });
    expect(await process.service.get(second)).toMatchObject({ lane: LANE.name, dueAt: null });

    process.runner.act = () => Promise.resolve();
    processes.clock.advance(DAY_MS);
    await process.worker.runDue();
    expect(namesOf(process)).toEqual(['0', '0', '1']);
  });

  it("pass a discarded one with 'skip'; retried by hand, it runs again, and before later ones", async () => {
    const process = await processes.start();
    process.runner.act = ({ job }) =>
      Promise.resolve(job.name === '0' ? new Discard('never') : undefined);
    const first = await process.add({ name: '0', lane: LANE });
    await process.add({ name: '1', lane: LANE });
    await process.worker.runDue();
    expect(namesOf(process)).toEqual(['0', '1']);

    process.runner.act = async ({ job }) => {
      if (job.name !== '2') return;
      await process.add({ name: '3', lane: LANE });
      expect(await process.service.retry(first)).toBe(true);
    };
    await process.add({ name: '2', lane: LANE });
    await process.worker.runDue();
    expect(namesOf(process)).toEqual(['0', '1', '2', '0', '3']);
  });

  it.each([
    ['retries', 'retry', ['0', '0', '1']],
    ['cancels', 'cancel', ['0', '1']],
  ] as const)(
    "wait for a discarded one with 'hold', until somebody %s it",
    async (_, act, runs) => {
      const process = await processes.start();
      process.runner.act = ({ job }) =>
        Promise.resolve(job.name === '0' && runs.length > 0 ? new Discard('never') : undefined);
      const first = await process.add({ name: '0', lane: HOLDING });
      await process.add({ name: '1', lane: HOLDING });
      await process.worker.runDue();
      processes.clock.advance(1_000 * DAY_MS);
      await process.worker.runDue();
      expect(namesOf(process)).toEqual(['0']);

      process.runner.act = () => Promise.resolve();
      expect(await process.service[act](first)).toBe(true);
      await process.worker.runDue();
      expect(namesOf(process)).toEqual(runs);
    },
  );

  it('pass one that was cancelled while it waited, or was their head', async () => {
    const process = await processes.start();
    process.runner.act = () => Promise.reject(new Error('not now'));
    const ids: string[] = [];
    for (const name of ['0', '1', '2']) ids.push(await process.add({ name, lane: LANE }));
    await process.worker.runDue();
    process.runner.act = () => Promise.resolve();
    expect(await process.service.cancel(ids[1]!)).toBe(true);
    expect(await process.service.cancel(ids[0]!)).toBe(true);
    await process.worker.runDue();
    expect(namesOf(process)).toEqual(['0', '2']);
  });

  it('keep their order over four processes, with failures, and those added in transactions', async () => {
    const open = await Promise.all([0, 1, 2, 3].map(() => processes.start({ prefetch: 5 })));
    const LANES = 12;
    const JOBS = 15;
    const done = new Map<string, string[]>();
    const running = new Set<string>();
    const problems: string[] = [];
    let attempts = 0;
    const act = async ({ job: { lane, name } }: JobAttempt): Promise<void> => {
      if (running.has(lane!)) problems.push(`two at once in ${lane}`);
      running.add(lane!);
      await new Promise(setImmediate);
      running.delete(lane!);
      if (++attempts % 4 === 0) throw new Error('every fourth attempt fails');
      done.set(lane!, [...(done.get(lane!) ?? []), name]);
    };
    for (const { runner } of open) runner.act = act;
    const addAll = async (lane: number): Promise<void> => {
      for (let count = 0; count < JOBS; count++) {
        const { database, queue, add } = open[(lane + count) % 4]!;
        const job = {
          kind: 'test',
          name: String(count).padStart(2, '0'),
          ref: '0190a0a0-0000-7000-8000-000000000001',
          lane: { name: `lane ${lane}`, whenHeadFails: 'skip' as const },
        };
        if (count % 3 === 0) await database.managed((manager) => queue.addWithin(manager, [job]));
        else await add(job);
        // Ids of different processes tell the order by their time.
        processes.clock.advance(1);
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, lane) => addAll(lane)));
    const isDone = (): boolean =>
      [...done.values()].reduce((sum, { length }) => sum + length, 0) === LANES * JOBS;
    while (!isDone()) {
      await Promise.all(open.map(({ worker }) => worker.runDue()));
      processes.clock.advance(DAY_MS / 100);
    }
    expect(problems).toEqual([]);
    for (const names of done.values()) expect(names).toEqual(names.toSorted());
    expect(done.size).toBe(LANES);
  });
});

describeOnDatabases('A lane whose head is lost with its process', (kind) => {
  const processes = new ProcessesWithClocks(kind);

  it('goes on in another process, from the head on', async () => {
    const { process: dead } = await processes.start();
    dead.runner.act = hang;
    for (const name of ['0', '1', '2']) await dead.add({ name, lane: LANE });
    processes.now += leaseMs + 1;
    const { process: other } = await processes.start();
    await other.worker.runDue();
    expect(other.runner.runs.map(({ job }) => job.name)).toEqual(['0', '1', '2']);
  });
});
