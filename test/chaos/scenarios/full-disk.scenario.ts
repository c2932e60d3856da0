import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppProcess } from '../app.process.js';
import { ChaosDatabase } from '../chaos.database.js';
import { Ledger } from '../ledger.js';
import type { Run } from '../run.js';
import type { Scenario } from '../scenario.js';
import { pause, until } from '../waiting.js';
import { verdict } from '../verdict.js';

const MEGABYTE = 2 ** 20;

/** The space that is left for the database: some hundred events. */
const SPACE_LEFT = 3 * MEGABYTE;

/** The same in pages of 4 KB, if nothing can be mounted. */
const PAGES = SPACE_LEFT / 4_096;

/** A disk for a database that becomes full, and has space again. */
interface SmallDisk {
  readonly how: string;
  readonly folder: string;
  readonly options: object;
  freeSpace(app: AppProcess): void;
}

/** SQLite's disk becomes full under load, and has space again later. */
export const fullDiskScenario: Scenario = {
  name: 'full disk on SQLite',
  run: async (run) => {
    const { isShort } = run;
    const disk = createSmallDisk(run);
    const observed = await ChaosDatabase.open(run, {
      type: 'better-sqlite3',
      database: join(disk.folder, 'chaos.db'),
      enableWAL: true,
      autoLoadEntities: true,
    });
    const ledger = new Ledger();
    const app = await run.startApp({
      database: observed.through(disk.options),
      tell: ledger.tell,
    });
    const sender = run.startSender({
      url: () => app.url,
      ledger,
      name: 'disk',
      padding: 4_000,
    });
    const assertAlive = (): void => app.assertAlive();

    await until('the disk is full', () => {
      assertAlive();
      return ledger.unavailableAnswers > 0;
    });
    await pause(isShort ? 1_500 : 10_000);
    assertAlive();
    disk.freeSpace(app);
    const before = ledger.answered.size;
    await until('events are accepted again', () => {
      assertAlive();
      return ledger.answered.size > before + 50;
    });
    await sender.stop();
    await observed.settled(assertAlive);
    await app.stop();
    return { disk: disk.how, ...(await verdict(observed, ledger)) };
  },
};

function createSmallDisk(run: Run): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-chaos-'));
  run.cleanUp(() => rmSync(folder, { recursive: true, force: true }));
  return mountSmallDisk(run, folder) ?? limitPages(folder);
}

function mountSmallDisk(run: Run, folder: string): SmallDisk | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  run.cleanUp(() => execFileSync('umount', ['--lazy', folder]));
  const filler = join(folder, 'filler');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(filler, Buffer.alloc(bavail * bsize - SPACE_LEFT));
  return { how: 'tmpfs', folder, options: {}, freeSpace: () => rmSync(filler) };
}

function limitPages(folder: string): SmallDisk {
  console.log(
    '  NOTE: no tmpfs can be mounted here; a limit on the pages of the database replaces it.',
  );
  return {
    how: 'page limit',
    folder,
    options: { maxPageCount: PAGES },
    freeSpace: (app) => app.signal('SIGUSR2'),
  };
}
