import type { SqlDatabase } from '../../../database/sql-database.js';
import type { LocalJob } from './local-job.js';
import type { LocalJobs } from './local-jobs.js';
import type { JobRunner } from '../../job-runner.js';
import type { JobRunnerRegistry } from '../../job-runner.registry.js';
import { Unreadable } from '../../unreadable.js';

/** Larger payloads are loaded when their attempt starts: parsed, they may take many times their bytes. */
const MAX_AHEAD_BYTES = 32 * 1024;

/**
 * Loads the events and notifications of jobs: small ones together after a claim, large ones one by one when
 * their attempt starts.
 *
 * @internal
 */
export class JobLoader {
  constructor(
    private readonly database: SqlDatabase,
    private readonly runners: JobRunnerRegistry,
    private readonly localJobs: LocalJobs,
  ) {}

  /**
   * Loads the payloads of jobs that were claimed together, as many as memory has room for.
   *
   * @returns the jobs whose payload could not be loaded because the database failed, by its error
   */
  async loadAhead(claimed: readonly LocalJob[]): Promise<Map<unknown, LocalJob[]>> {
    const failed = new Map<unknown, LocalJob[]>();
    const small = claimed.filter(({ job: { bytes } }) => bytes <= MAX_AHEAD_BYTES);
    for (const kind of new Set(small.map(({ job }) => job.kind))) {
      const runner = this.runners.find(kind);
      if (runner === undefined) continue;
      const jobs = small.filter(({ job }) => job.kind === kind);
      const fitting: LocalJob[] = [];
      for (const one of jobs) {
        if (!this.localJobs.fits(one.pool, one.job.bytes)) break;
        this.localJobs.load(one, undefined);
        fitting.push(one);
      }
      try {
        if (fitting.length > 0) await this.read(runner, fitting);
      } catch (error) {
        failed.set(error, fitting);
      }
    }
    return failed;
  }

  /**
   * Loads the payload of one job.
   *
   * @throws the database's error
   */
  async load(runner: JobRunner, local: LocalJob): Promise<void> {
    this.localJobs.load(local, undefined);
    await this.read(runner, [local]);
  }

  private async read(runner: JobRunner, jobs: readonly LocalJob[]): Promise<void> {
    try {
      const payloads = await runner.load([...new Set(jobs.map(({ job }) => job.ref))]);
      for (const local of jobs) local.payload = payloads.get(local.job.ref);
    } catch (error) {
      if (!this.database.isValueError(error)) throw error;
      // The database refuses one of the values: load each by itself, so that the others do not wait.
      const [first, ...others] = jobs;
      if (first === undefined) return;
      if (others.length === 0) first.payload = new Unreadable(error);
      else for (const local of jobs) await this.read(runner, [local]);
    }
  }
}
