import { Injectable } from '@nestjs/common';
import type { JobRunner } from './job-runner.js';

/**
 * The runner of each kind of job. Features register their runner when they start.
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

  /** The kinds of jobs that this process cannot run. */
  leftToOthers(): readonly string[] {
    const kinds: string[] = [];
    for (const [kind, runner] of this.runners) if (runner.canRunAny?.() === false) kinds.push(kind);
    return kinds;
  }
}
