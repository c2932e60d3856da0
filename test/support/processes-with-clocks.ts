import type { DataSourceOptions } from 'typeorm';
import type { DatabaseKind } from './databases.js';
import { FakeClock } from './fake.clock.js';
import { openProcess, type Process, type ProcessOptions } from './queue-process.js';
import { SharedDatabase } from './shared.database.js';

export interface ProcessWithClock {
  readonly process: Process;
  readonly clock: FakeClock;
}

/**
 * The processes of a test, which share one database and have a clock of their own each. A process whose clock stands
 * still is dead to all others. None of them is stopped in good order.
 */
export class ProcessesWithClocks {
  /** Where the clock of the next process starts, in milliseconds since the epoch. */
  now = 0;
  /** Those of this test, the oldest first. */
  open: Process[] = [];
  private readonly database: SharedDatabase;

  constructor(kind: DatabaseKind) {
    this.database = new SharedDatabase(kind);
    beforeEach(() => {
      this.open = [];
      this.now = Date.parse('2026-01-01T00:00:00Z');
    });
    afterEach(async () => {
      for (const { runner } of this.open) runner.act = () => Promise.resolve();
      await Promise.all(this.open.map(({ dataSource }) => dataSource.destroy()));
    });
  }

  readonly start = async (options?: ProcessOptions): Promise<ProcessWithClock> => {
    const clock = new FakeClock(this.now);
    const process = await openProcess(this.database.options as DataSourceOptions, clock, options);
    this.open.push(process);
    return { process, clock };
  };
}

/** What the runner of a process does that dies. */
export const hang = (): Promise<never> => new Promise(() => undefined);
