import type { DataSourceOptions } from 'typeorm';
import type { QueueOptions } from '../../lib/queue/queue.options.js';
import type { DatabaseKind, TestDatabase } from './databases.js';
import { FakeClock } from './fake.clock.js';
import { openProcess, type Process } from './queue-process.js';

/** The processes of a test, which share one database. Each test begins with none. */
export class QueueProcesses {
  clock = new FakeClock();
  private database: TestDatabase | undefined;
  private open: Process[] = [];

  constructor(kind: DatabaseKind) {
    beforeEach(async () => {
      this.clock = new FakeClock();
      this.database = await kind.create();
      this.open = [];
    });
    afterEach(async () => {
      await Promise.all(this.open.map((process) => process.close()));
      await this.database?.drop();
    });
  }

  /** @param clock of this process, if it is not that of the others */
  async start(options?: QueueOptions, clock: FakeClock = this.clock): Promise<Process> {
    const process = await openProcess(this.database?.options as DataSourceOptions, clock, options);
    this.open.push(process);
    return process;
  }
}
