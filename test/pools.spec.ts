import type { SqlDatabase } from '../lib/database/sql-database.js';
import type { JobAttempt } from '../lib/queue/job-runner.js';
import { describeOnDatabases } from './support/databases.js';
import type { Process } from './support/queue-process.js';
import { QueueProcesses } from './support/queue-processes.js';

const MIB = 1024 * 1024;
const KIND = { kind: 'test', ref: '0190a0a0-0000-7000-8000-000000000001' } as const;

/** How many claims of a process are under way at once. One that is tried again is the same. */
function countClaims({ database, dialect }: Process): { readonly mostAtOnce: number } {
  const counted = { mostAtOnce: 0 };
  let underWay = 0;
  let hasClaimed = false;
  const claim = dialect.claim.bind(dialect);
  dialect.claim = (given) => {
    hasClaimed = true;
    return claim(given);
  };
  const transaction = database.transaction.bind(database) as SqlDatabase['transaction'];
  database.transaction = async (steps, ...rest) => {
    let isClaim = false;
    const watched: typeof steps = () => {
      hasClaimed = false;
      const result = steps();
      if (hasClaimed && !isClaim) counted.mostAtOnce = Math.max(counted.mostAtOnce, ++underWay);
      isClaim ||= hasClaimed;
      return result;
    };
    try {
      return await transaction(watched, ...rest);
    } finally {
      if (isClaim) underWay--;
    }
  };
  return counted;
}

describeOnDatabases('The pools of a process', (kind) => {
  const processes = new QueueProcesses(kind);
  let free: (() => void)[] = [];

  beforeEach(() => {
    free = [];
  });

  /** Lets the jobs that hang end, and those that would. */
  const release = (process: Process): void => {
    process.runner.act = () => Promise.resolve();
    for (const end of free) end();
  };

  /** A process in which the part of a job's name before the colon is its pool; jobs named `hang:…` hang. */
  const startPooled = async (options: Parameters<QueueProcesses['start']>[0]): Promise<Process> => {
    const process = await processes.start(options);
    process.runner.pool = (name) => ({ name: name.split(':')[0]! });
    process.runner.act = ({ job }) =>
      job.name.startsWith('hang')
        ? new Promise((resolve) => {
            free.push(() => resolve(undefined));
          })
        : Promise.resolve();
    return process;
  };

  const ran = ({ runner }: Process, prefix: string): number =>
    runner.runs.filter(({ job }) => job.name.startsWith(prefix)).length;

  const until = async (isReached: () => boolean, process: Process): Promise<void> => {
    while (!isReached()) {
      process.worker.wake();
      await new Promise(setImmediate);
    }
  };

  it.each([
    ['that are born leased', true],
    ['that were added in a transaction', false],
  ])('REQ-112 run jobs %s, while all those of another pool hang', async (_, atOnce) => {
    const process = await startPooled({ concurrency: 2, prefetch: 4 });
    const add = async (name: string): Promise<void> => {
      if (atOnce) await process.add({ name });
      else {
        await process.database.managed((manager) =>
          process.queue.addWithin(manager, [{ ...KIND, name }]),
        );
      }
    };
    for (let count = 0; count < 20; count++) await add('hang:mail');
    await until(() => ran(process, 'hang') === 2, process);
    for (let count = 0; count < 10; count++) await add('work:now');
    await until(() => ran(process, 'work') === 10, process);
    expect(ran(process, 'hang')).toBe(2);
    release(process);
  });

  it('have memory of their own, which jobs of another pool that hang do not take', async () => {
    const process = await startPooled({ concurrency: 20, maxHeldBytes: 8 * MIB });
    await process.add({ name: 'work:first', bytes: 1 });
    for (let count = 0; count < 12; count++) await process.add({ name: 'hang', bytes: MIB });
    await until(() => ran(process, 'hang') >= 6, process);
    await process.add({ name: 'work:second', bytes: MIB });
    await until(() => ran(process, 'work') === 2, process);
    expect(ran(process, 'hang')).toBe(6);
    release(process);
  });

  it('run as many jobs at a time as the host or the runner says for each', async () => {
    const process = await startPooled({ concurrency: 3, pools: { mine: 1 } });
    process.runner.pool = (name) => ({ name, concurrency: name === 'own' ? 2 : undefined });
    const running = new Map<string, number>();
    const most = new Map<string, number>();
    process.runner.act = async ({ job: { name } }: JobAttempt) => {
      const now = (running.get(name) ?? 0) + 1;
      running.set(name, now);
      most.set(name, Math.max(now, most.get(name) ?? 0));
      await new Promise(setImmediate);
      running.set(name, now - 1);
    };
    for (let count = 0; count < 8; count++) {
      for (const name of ['mine', 'own', 'others']) await process.add({ name, elsewhere: true });
    }
    await process.worker.runDue();
    expect(Object.fromEntries(most)).toEqual({ mine: 1, own: 2, others: 3 });
  });
});

describeOnDatabases('A flood of one source', (kind) => {
  const processes = new QueueProcesses(kind);
  const FLOOD = 300;

  /** The owners of the jobs that ran, in their order. */
  const orderOf = ({ runner }: Process): string[] => runner.runs.map(({ job }) => job.name);

  it('keeps another one, whose job comes last, waiting for no more than the running jobs', async () => {
    const process = await processes.start({ concurrency: 2, prefetch: 50 });
    process.runner.pool = () => ({ name: 'handlers' });
    for (let count = 0; count < FLOOD; count++) {
      await process.add({ name: 'flood', owner: 'flood', elsewhere: true });
    }
    await process.add({ name: 'quiet', owner: 'quiet', elsewhere: true });
    await process.worker.runDue();
    expect(orderOf(process)).toHaveLength(FLOOD + 1);
    expect(orderOf(process).indexOf('quiet')).toBeLessThan(4);
  });

  it('keeps one waiting no longer that comes while all places are taken', async () => {
    const process = await processes.start({ concurrency: 2, prefetch: 10 });
    process.runner.pool = () => ({ name: 'handlers' });
    const free: (() => void)[] = [];
    process.runner.act = () =>
      new Promise((resolve) => {
        free.push(() => resolve(undefined));
      });
    for (let count = 0; count < FLOOD; count++)
      await process.add({ name: 'flood', owner: 'flood' });
    const quiet = await process.add({ name: 'quiet', owner: 'quiet' });
    // Born leased, it is the next that runs.
    expect(await process.row(quiet)).toMatchObject({ state: 'running' });
    while (!orderOf(process).includes('quiet')) {
      free.shift()?.();
      await new Promise(setImmediate);
    }
    expect(orderOf(process).length).toBeLessThan(5);
    process.runner.act = () => Promise.resolve();
    for (const end of free) end();
    await process.worker.runDue();
    expect(orderOf(process)).toHaveLength(FLOOD + 1);
  });

  it('shares claims among a hundred owners, oldest first for each', async () => {
    const process = await processes.start({ concurrency: 5, prefetch: 40 });
    process.runner.pool = () => ({ name: 'handlers' });
    for (let count = 0; count < 3; count++) {
      for (let owner = 0; owner < 100; owner++) {
        const name = `${owner}/${count}`;
        await process.add({ name, owner: String(owner), elsewhere: true });
      }
    }
    const claims = countClaims(process);
    await process.worker.runDue();
    // Two at a time may pass over a job: on MySQL, one of them can lock the first job of the other's line.
    expect(claims.mostAtOnce).toBe(1);
    const order = orderOf(process);
    expect(new Set(order).size).toBe(300);
    for (let owner = 0; owner < 100; owner++) {
      const own = order.filter((name) => name.startsWith(`${owner}/`));
      expect(own).toEqual([`${owner}/0`, `${owner}/1`, `${owner}/2`]);
    }
  });

  it('is claimed as a whole by processes that share it, nothing twice', async () => {
    const open = await Promise.all([0, 1, 2].map(() => processes.start({ prefetch: 20 })));
    const [first] = open;
    for (let count = 0; count < FLOOD; count++) {
      await first!.add({ name: String(count), owner: String(count % 7), elsewhere: true });
    }
    await Promise.all(open.map(({ worker }) => worker.runDue()));
    const names = open.flatMap((process) => orderOf(process));
    expect(names).toHaveLength(FLOOD);
    expect(new Set(names).size).toBe(FLOOD);
  });

  it('F-2 is no reason for a job of a dead process to wait', async () => {
    const process = await processes.start({ concurrency: 2, prefetch: 10 });
    process.runner.pool = () => ({ name: 'handlers' });
    const lost = await process.add({ name: 'lost', owner: 'quiet', elsewhere: true });
    await process.dataSource.query(
      `UPDATE webhook_job SET state = 'running', leased_by = 'dead', due_at = 1 WHERE id = '${lost}'`,
    );
    for (let count = 0; count < 40; count++) {
      await process.add({ name: 'flood', owner: 'flood', elsewhere: true });
    }
    await process.worker.runDue();
    expect(orderOf(process)).toContain('lost');
    expect(await process.row(lost)).toMatchObject({ state: 'completed', share: null });
  });
});
