import type { JobRunnerRegistry } from '../../job-runner.registry.js';
import type { ResolvedQueueOptions } from '../../queue.options.js';
import { sharesOf } from '../../share.js';
import type { LocalJobs } from './local-jobs.js';
import type { LocalJob } from './local-job.js';
import { LocalPool } from './local-pool.js';

/**
 * The pools of this process, each made with its first job.
 *
 * @internal
 */
export class LocalPools {
  private readonly byKind = new Map<string, Map<string, LocalPool<LocalJob>>>();
  private readonly byName = new Map<string, LocalPool<LocalJob>>();
  private readonly byFirstShare = new Map<number, LocalPool<LocalJob>>();

  constructor(
    private readonly runners: JobRunnerRegistry,
    private readonly localJobs: LocalJobs,
    private readonly options: ResolvedQueueOptions,
  ) {}

  all(): readonly LocalPool<LocalJob>[] {
    return [...this.byName.values()];
  }

  /** The pool of the jobs of a kind that have this name. */
  of(kind: string, name: string): LocalPool<LocalJob> {
    const pool = this.byKind.get(kind)?.get(name);
    return pool ?? this.remember(kind, name);
  }

  /** The pool with these lines, if it had a job. */
  startingAt(firstShare: number): LocalPool<LocalJob> | undefined {
    return this.byFirstShare.get(firstShare);
  }

  private remember(kind: string, name: string): LocalPool<LocalJob> {
    const { name: poolName, concurrency } = this.runners.find(kind)?.pool?.(name) ?? { name: kind };
    const key = `${kind}\n${poolName}`;
    let pool = this.byName.get(key);
    if (pool === undefined) {
      const shares = sharesOf(kind, poolName);
      const most = this.options.pools[poolName] ?? concurrency ?? this.options.concurrency;
      pool = new LocalPool<LocalJob>(shares, most, this.options.prefetch);
      this.byName.set(key, pool);
      this.byFirstShare.set(shares.from, pool);
      this.localJobs.addPool(pool);
    }
    const names = this.byKind.get(kind) ?? new Map<string, LocalPool<LocalJob>>();
    this.byKind.set(kind, names.set(name, pool));
    return pool;
  }
}
