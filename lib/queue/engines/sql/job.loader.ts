import type { SqlDatabase } from '../../../database/sql-database.js';
import type { HeldJob } from './held-job.js';
import type { HeldJobs } from './held-jobs.js';
import type { JobRunner } from '../../job-runner.js';
import type { JobRunnerRegistry } from '../../job-runner.registry.js';
import { Unreadable } from '../../unreadable.js';

/** What has more bytes is read when its attempt starts: in memory, it may take many times as many. */
const MAX_AHEAD_BYTES = 32 * 1024;

/**
 * Reads the events and notifications of jobs: small ones together when they are claimed, large ones one by
 * one when their attempt starts.
 *
 * @internal
 */
export class JobLoader {
  constructor(
    private readonly database: SqlDatabase,
    private readonly runners: JobRunnerRegistry,
    private readonly held: HeldJobs,
  ) {}

  /**
   * Reads ahead for jobs that have been claimed together, as far as there is memory for it.
   *
   * @returns those that could not be read because the database failed, by what it threw
   */
  async loadAhead(claimed: readonly HeldJob[]): Promise<Map<unknown, HeldJob[]>> {
    const failed = new Map<unknown, HeldJob[]>();
    const small = claimed.filter(({ job: { bytes } }) => bytes <= MAX_AHEAD_BYTES);
    for (const kind of new Set(small.map(({ job }) => job.kind))) {
      const runner = this.runners.find(kind);
      if (runner === undefined) continue;
      const jobs = small.filter(({ job }) => job.kind === kind);
      const fitting: HeldJob[] = [];
      for (const one of jobs) {
        if (!this.held.fits(one.job.bytes)) break;
        this.held.load(one, undefined);
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
   * Reads for one job.
   *
   * @throws whatever the database throws when it fails
   */
  async load(runner: JobRunner, held: HeldJob): Promise<void> {
    this.held.load(held, undefined);
    await this.read(runner, [held]);
  }

  private async read(runner: JobRunner, jobs: readonly HeldJob[]): Promise<void> {
    try {
      const payloads = await runner.load([...new Set(jobs.map(({ job }) => job.ref))]);
      for (const held of jobs) held.payload = payloads.get(held.job.ref);
    } catch (error) {
      if (!this.database.isValueError(error)) throw error;
      // The database refuses the value of one: each by itself, so that the others are not kept waiting.
      const [first, ...others] = jobs;
      if (first === undefined) return;
      if (others.length === 0) first.payload = new Unreadable(error);
      else for (const held of jobs) await this.read(runner, [held]);
    }
  }
}
