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

/** How long to wait for what it says first when it goes on; there may be nothing. */
const WAKE_MS = 3_000;

/** One of two applications on a database. */
export interface Side {
  readonly app: AppProcess;
  /** The ids of what it said to have begun. */
  readonly begun: ReadonlySet<string>;
  /** What it says next: the id, where that is that it begins something. */
  next(): Promise<string | undefined>;
}

/** @param word what it says before the id of something that it begins */
export async function startSide(run: Run, settings: AppSettings, word: string): Promise<Side> {
  const begun = new Set<string>();
  const listeners: ((id: string | undefined) => void)[] = [];
  const tell = (line: string): void => {
    const [first, id = ''] = line.split(' ');
    const isBeginning = first === word;
    if (isBeginning) begun.add(id);
    for (const listener of listeners.splice(0)) listener(isBeginning ? id : undefined);
    settings.tell(line);
  };
  const next = (): Promise<string | undefined> => new Promise((resolve) => listeners.push(resolve));
  const queue = { ...settings.queue, leaseMs: SIDE_LEASE_MS };
  return { app: await run.startApp({ ...settings, queue, tell }), begun, next };
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
  const next = side.next();
  side.app.signal('SIGCONT');
  // It may have been stopped after it made sure of a lease and before it could say that it begins: it says so
  // first, then. Whatever else it starts comes after its timers, and so after the end of what was under way.
  const first = await Promise.race([next, pause(WAKE_MS)]);
  if (first !== undefined) underWay.push(first);
  return underWay;
}

function begunBy({ begun }: Side, jobs: readonly OpenJob[]): string[] {
  return jobs.map(({ id }) => id).filter((id) => begun.has(id));
}
