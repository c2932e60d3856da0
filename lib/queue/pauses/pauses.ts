import { Injectable } from '@nestjs/common';
import type { LeasedJob } from '../job.js';
import { JobRunnerRegistry } from '../job-runner.registry.js';
import { Unreadable } from '../unreadable.js';
import { PAUSE_KINDS, pauseLabel, type PauseKind } from './pause.js';
import type { PausesByDueTime } from './pause.reads.js';

/**
 * The pauses that are in force, as this process knows them. It asks no database.
 *
 * @internal
 */
@Injectable()
export class Pauses {
  /** Whether nothing is paused: then no job need be looked at. */
  isEmpty = true;
  private labels: ReadonlySet<string> = new Set();

  constructor(private readonly runners: JobRunnerRegistry) {}

  /** @returns whether one of those that were known has ended */
  replace(pauses: PausesByDueTime): boolean {
    const before = this.labels;
    this.labels = new Set(pauses.values());
    this.isEmpty = this.labels.size === 0;
    return [...before].some((label) => !this.labels.has(label));
  }

  /**
   * The pause that keeps a job from starting, such as `handler:Orders.paid`.
   *
   * @param payload `undefined` if it is not loaded
   */
  of(job: LeasedJob, payload: unknown): string | undefined {
    const runner = this.runners.find(job.kind);
    const readable = payload instanceof Unreadable ? undefined : payload;
    const pool = runner?.pool?.(job.name).name ?? job.kind;
    const names: Partial<Record<PauseKind, string>> = {
      ...runner?.pausable?.(job, readable),
      pool,
    };
    for (const kind of PAUSE_KINDS) {
      const name = names[kind];
      if (name === undefined) continue;
      const label = pauseLabel(kind, name);
      if (this.labels.has(label)) return label;
    }
    return undefined;
  }
}
