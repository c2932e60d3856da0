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

  /** The kinds of which this process can run no job at all. */
  leftToOthers(): readonly string[] {
    const kinds: string[] = [];
    for (const [kind, runner] of this.runners) if (runner.canRunAny?.() === false) kinds.push(kind);
    return kinds;
  }
}
