import type { AppProcess, AppSettings } from './app.process.js';
import type { OpenJob } from './chaos.database.js';
import type { Random } from './random.js';
import type { Run } from './run.js';
import { pause } from './waiting.js';

/**
 * Shorter than the default of 60 s, as each sleep has to be longer; but a busy machine may keep a process from
 * running for a second or two, and that alone must not cost it its leases.
 */
const SIDE_LEASE_MS = 5_000;

/** Time for what a process has said, and sent to the database, to arrive. */
const ARRIVAL_MS = 300;

/** One of two applications on a database, and the ids of what it said to have begun. */
export interface Side {
  readonly app: AppProcess;
  readonly begun: ReadonlySet<string>;
}

/** @param word what it says before the id of something that it begins */
export async function startSide(run: Run, settings: AppSettings, word: string): Promise<Side> {
  const begun = new Set<string>();
  const tell = (line: string): void => {
    const [first, id = ''] = line.split(' ');
    if (first === word) begun.add(id);
    settings.tell(line);
  };
  const queue = { ...settings.queue, leaseMs: SIDE_LEASE_MS };
  return { app: await run.startApp({ ...settings, queue, tell }), begun };
}

export interface Trouble {
  /** Whom it happens to. */
  readonly side: Side;
  readonly other: Side;
  readonly random: Random;
  /** What has not come to its end, as the database has it. */
  readonly open: () => Promise<OpenJob[]>;
  /** Whether one that writes keeps all others from it, as with SQLite. */
  readonly hasOneWriter: boolean;
}

/** Kills one of the two. @returns what was under way by that, and may come a second time */
export async function killUnderWay({ side, open }: Trouble): Promise<string[]> {
  await side.app.kill();
  await pause(ARRIVAL_MS);
  return begunBy(side, await open());
}

/** Stops one of the two for longer than its leases. @returns what was under way by that, and may come a second time */
export async function sleepUnderWay(trouble: Trouble): Promise<string[]> {
  const { side, other, random, open, hasOneWriter } = trouble;
  side.app.signal('SIGSTOP');
  await pause(ARRIVAL_MS);
  const atFirst = await open();
  await pause(SIDE_LEASE_MS * (1 + random()));
  const underWay = begunBy(side, atFirst);
  // One that fell asleep in the middle of a transaction has SQLite for itself: the other could neither renew
  // its leases nor record what it had done, for as long.
  if (hasOneWriter) {
    const ranOut = (await open()).filter(({ leaseUntil }) => leaseUntil <= Date.now());
    underWay.push(...begunBy(other, ranOut));
  }
  side.app.signal('SIGCONT');
  return underWay;
}

function begunBy({ begun }: Side, jobs: readonly OpenJob[]): string[] {
  return jobs.map(({ id }) => id).filter((id) => begun.has(id));
}
