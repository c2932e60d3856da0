import type { EntityManager } from 'typeorm';
import type { JobAttempt } from './job-runner.js';
import type { ExecutableJob } from './executable.job.js';
import type { LeasedJob } from './job.js';

/**
 * An attempt while it runs.
 *
 * @internal
 */
export class RunningAttempt implements JobAttempt {
  /** Whether its own transaction has completed the job. */
  isRecorded = false;
  private controller: AbortController | undefined;
  private reason: Error | undefined;

  constructor(
    private readonly executable: ExecutableJob,
    private readonly complete: (manager: EntityManager) => Promise<void>,
  ) {}

  get job(): LeasedJob {
    return this.executable.job;
  }

  get payload(): unknown {
    return this.executable.payload;
  }

  /** Created on first use: most attempts never need it. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.reason !== undefined) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  /** Whether the attempt was aborted: its time is over, its lease is lost, or the application stops. */
  get isOver(): boolean {
    return this.reason !== undefined;
  }

  abort(reason: Error): void {
    this.reason = reason;
    this.controller?.abort(reason);
  }

  async completeWithin(manager: EntityManager): Promise<void> {
    await this.complete(manager);
    this.isRecorded = true;
  }
}
