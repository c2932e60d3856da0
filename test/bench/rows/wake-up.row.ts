import type { WakeUpApi } from '../apps/wake-up.app.js';
import { Child } from '../child.process.js';
import type { Row } from '../context.js';
import type { BenchDatabase, DatabaseKind } from '../databases.js';
import { compareTimes } from '../measure.js';

/** Far enough apart for the other process to be idle in between. */
const PER_SECOND = 20;
const WARM_UP_SECONDS = 1;
/** The most that p99 may be, in milliseconds. */
const LIMIT_MS = 20;
const WORKER_CORE = 0;
const RECEIVER_CORE = 1;

export const wakeUp: Row = {
  number: '15',
  title: 'Time from a commit to the start of the handler in another process, against polling',
  async measure(context) {
    const kind = context.databasesWithTarget.find(({ name }) => name === 'postgres');
    if (kind === undefined) {
      context.warn('Row 15 needs PostgreSQL.');
      return;
    }
    const { rounds, seconds } = context.options;
    const woken = await TwoProcesses.start(kind, 'auto');
    const polling = await TwoProcesses.start(kind, false);
    try {
      const results = await compareTimes({
        row: '15',
        title: `commit to handler in another process, ${kind.label}`,
        rounds,
        limits: { p99: LIMIT_MS },
        ours: { label: 'woken', run: () => woken.round(seconds) },
        theirs: { label: 'polling', run: () => polling.round(seconds) },
      });
      for (const result of results) context.done(result);
    } finally {
      await polling.stop();
      await woken.stop();
    }
  },
};

/** One process that accepts, and an idle one that works, on a database of their own. */
class TwoProcesses {
  /** How many events were accepted. */
  private accepted = 0;

  private constructor(
    private readonly database: BenchDatabase,
    private readonly receiver: Child<WakeUpApi>,
    private readonly worker: Child<WakeUpApi>,
  ) {}

  static async start(kind: DatabaseKind, wakeUps: 'auto' | false): Promise<TwoProcesses> {
    const database = await kind.create();
    const start = (role: string, core: number): Promise<Child<WakeUpApi>> =>
      Child.start<WakeUpApi>({
        file: 'apps/wake-up.app.js',
        core,
        config: { database: database.options, roles: [role], wakeUps },
      });
    // One after the other: the first creates the tables.
    const worker = await start('work', WORKER_CORE);
    const both = new TwoProcesses(database, await start('receive', RECEIVER_CORE), worker);
    await both.round(WARM_UP_SECONDS);
    return both;
  }

  /** The time from each commit to the start of the handler, in milliseconds. */
  async round(seconds: number): Promise<Float64Array> {
    const committed = await this.receiver.call('accept', { perSecond: PER_SECOND, seconds });
    this.accepted += committed.length;
    const ids = committed.map(({ id }) => id);
    const starts = await this.worker.call('startsOf', this.accepted, ids);
    return starts.map((start, index) => start - (committed[index]?.atMs ?? Number.NaN));
  }

  async stop(): Promise<void> {
    await this.receiver.stop();
    await this.worker.stop();
    await this.database.drop();
  }
}
