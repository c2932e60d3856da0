import { Injectable } from '@nestjs/common';
import type { JobRunner } from './job-runner.js';

/**
 * Who runs which kind of job. Features register their runner when they start.
 *
 * @internal
 */
@Injectable()
export class JobRunnerRegistry {
  private readonly runners = new Map<string, JobRunner>();

  register<Payload>(runner: JobRunner<Payload>): void {
    this.runners.set(runner.kind, runner);
  }

  find(kind: string): JobRunner | undefined {
    return this.runners.get(kind);
  }

  /** The kinds that this process can run. */
  kinds(): readonly string[] {
    return [...this.runners.keys()];
  }
}
