import type { AppProcess, AppSettings } from './app.process.js';
import type { OpenJob } from './chaos.database.js';
import type { Random } from './random.js';
import type { Run } from './run.js';
import { pause } from './waiting.js';

/**
 * Shorter than the default of 60 s, as each sleep must be longer; but long enough that a busy machine, which
 * may delay a process for a second or two, does not cost it its leases.
 */
const SIDE_LEASE_MS = 5_000;

/** Time for the output of a process, and its statements, to arrive. */
const ARRIVAL_MS = 300;

/** How long to wait for the first line after a sleep; there may be none. */
const WAKE_MS = 3_000;

/** One of two applications on a database. */
export interface Side {
  readonly app: AppProcess;
  /** The ids that it has reported as begun. */
  readonly begun: ReadonlySet<string>;
  /** Its next line: the id, if it reports that it begins something. */
  next(): Promise<string | undefined>;
}

/** @param word the word before the id in its reports of something that it begins */
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
  /** The side that is killed or suspended. */
  readonly side: Side;
  readonly other: Side;
  readonly random: Random;
  /** The open jobs in the database. */
  readonly open: () => Promise<OpenJob[]>;
  /** Whether one writer blocks all others, as on SQLite. */
  readonly hasOneWriter: boolean;
}

/** Kills one of the two. @returns the ids that were running, and may come a second time */
export async function killUnderWay({ side, open }: Trouble): Promise<string[]> {
  await side.app.kill();
  await pause(ARRIVAL_MS);
  return begunBy(side, await open());
}

/**
 * Suspends one of the two for longer than its leases. @returns the ids that were running, and may come a
 * second time
 */
export async function sleepUnderWay(trouble: Trouble): Promise<string[]> {
  const { side, other, random, open, hasOneWriter } = trouble;
  side.app.signal('SIGSTOP');
  await pause(ARRIVAL_MS);
  const atFirst = await open();
  await pause(SIDE_LEASE_MS * (1 + random()));
  const underWay = begunBy(side, atFirst);
  // A process that is suspended within a transaction locks SQLite: meanwhile the other one can neither renew
  // its leases nor record its outcomes.
  if (hasOneWriter) {
    const ranOut = (await open()).filter(({ leaseUntil }) => leaseUntil <= Date.now());
    underWay.push(...begunBy(other, ranOut));
  }
  const next = side.next();
  side.app.signal('SIGCONT');
  // The process may have been suspended after it had checked a lease, and before it could report the start:
  // then that report comes first. Other starts come after its timers, and so after the end of the running
  // ones.
  const first = await Promise.race([next, pause(WAKE_MS)]);
  if (first !== undefined) underWay.push(first);
  return underWay;
}

function begunBy({ begun }: Side, jobs: readonly OpenJob[]): string[] {
  return jobs.map(({ id }) => id).filter((id) => begun.has(id));
}
