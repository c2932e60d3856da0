import type { DataSourceOptions } from 'typeorm';
import type { DatabaseKind } from './databases.js';
import { FakeClock } from './fake.clock.js';
import { openProcess, type Process, type ProcessOptions } from './queue-process.js';
import { SharedDatabase } from './shared.database.js';

/** The processes of a test, which share one database. Each test begins with none. */
export class QueueProcesses {
  clock = new FakeClock();
  private readonly database: SharedDatabase;
  private open: Process[] = [];

  constructor(kind: DatabaseKind) {
    this.database = new SharedDatabase(kind);
    beforeEach(() => {
      this.clock = new FakeClock();
      this.open = [];
    });
    afterEach(() => Promise.all(this.open.map((process) => process.close())));
  }

  /** @param clock of this process, if it is not that of the others */
  async start(options?: ProcessOptions, clock: FakeClock = this.clock): Promise<Process> {
    const process = await openProcess(this.database.options as DataSourceOptions, clock, options);
    this.open.push(process);
    return process;
  }
}
