import type { CancelTimer, Clock } from '../../../clock/clock.js';
import type { LeasedJob } from '../../job.js';
import type { LocalJob } from './local-job.js';
import type { LocalPool } from './local-pool.js';

/**
 * The jobs that are leased to this process, and the places and bytes that they take or that are reserved for
 * jobs to come.
 *
 * @internal
 */
export class LocalJobs {
  private readonly byId = new Map<string, LocalJob>();
  private readonly pools = new Set<LocalPool<LocalJob>>();
  private places = 0;
  private loadedBytes = 0;
  private leasedBytes = 0;
  private listeners: (() => void)[] = [];

  /** @param maxBytes most bytes of events and notifications in memory */
  constructor(private readonly maxBytes: number) {}

  get size(): number {
    return this.byId.size;
  }

  /** How many places are reserved for jobs that are being claimed or committed. */
  get reserved(): number {
    return this.places;
  }

  all(): LocalJob[] {
    return [...this.byId.values()];
  }

  has(local: LocalJob): boolean {
    return this.byId.get(local.job.id) === local;
  }

  find(id: string): LocalJob | undefined {
    return this.byId.get(id);
  }

  /** Adds a pool, whose part of the memory no other pool takes. */
  addPool(pool: LocalPool<LocalJob>): void {
    this.pools.add(pool);
  }

  /**
   * Whether memory has room for so many more bytes of the pool's jobs; a payload over the limit fits if it is
   * the pool's only one. Half of the memory is kept for pools that have less than their part of it, so that one
   * whose jobs hang does not stop the others.
   */
  fits(pool: LocalPool<LocalJob>, bytes: number): boolean {
    if (pool.loadedBytes === 0) return true;
    return this.loadedBytes + bytes + this.keptFromOthers(pool, 'loadedBytes') <= this.maxBytes;
  }

  /** Whether the pool's leased jobs, loaded or not, have as many bytes as may be in memory. */
  isFull(pool: LocalPool<LocalJob>): boolean {
    return this.leasedBytes + this.keptFromOthers(pool, 'leasedBytes') >= this.maxBytes;
  }

  reserve(pool: LocalPool<LocalJob>, places: number, bytes = 0): void {
    this.places += places;
    pool.reserved += places;
    this.countLoaded(pool, bytes);
  }

  unreserve(pool: LocalPool<LocalJob>, places: number, bytes = 0): void {
    this.places -= places;
    pool.reserved -= places;
    this.countLoaded(pool, -bytes);
    this.tell();
  }

  add(pool: LocalPool<LocalJob>, job: LeasedJob, leaseUntil: number): LocalJob {
    const local: LocalJob = {
      job,
      pool,
      payload: undefined,
      isLoaded: false,
      leaseUntil,
      isEnding: false,
      deadline: Infinity,
    };
    this.byId.set(job.id, local);
    pool.size++;
    this.countLeased(pool, job.bytes);
    return local;
  }

  /** Counts the bytes of its payload, which is in memory or about to be. */
  load(local: LocalJob, payload: unknown): void {
    local.payload = payload;
    if (local.isLoaded) return;
    local.isLoaded = true;
    this.countLoaded(local.pool, local.job.bytes);
  }

  /** Frees its payload: recording its outcome may have to wait for an unreachable database. */
  unload(local: LocalJob): void {
    local.payload = undefined;
    if (!local.isLoaded) return;
    local.isLoaded = false;
    this.countLoaded(local.pool, -local.job.bytes);
  }

  enqueue(local: LocalJob): void {
    local.pool.waiting.push(local, local.job.share);
  }

  /** Takes a job from the waiting ones; false if it does not wait. */
  takeWaiting(local: LocalJob): boolean {
    return local.pool.waiting.remove(local, local.job.share);
  }

  takeAllWaiting(): LocalJob[] {
    return [...this.pools].flatMap(({ waiting }) => waiting.takeAll());
  }

  /** Notes that its outcome is being recorded. */
  end(local: LocalJob): void {
    if (local.isEnding || !this.has(local)) return;
    local.isEnding = true;
    local.pool.ending++;
  }

  /** Removes a job that has left this process. @returns false if it was removed before */
  remove(local: LocalJob): boolean {
    if (!this.has(local)) return false;
    this.byId.delete(local.job.id);
    local.pool.size--;
    if (local.isEnding) local.pool.ending--;
    this.countLeased(local.pool, -local.job.bytes);
    this.unload(local);
    this.tell();
    return true;
  }

  /** Resolves when no job is leased to this process. */
  settled(): Promise<void> {
    return this.until(() => this.byId.size === 0);
  }

  /** Resolves when no job is leased to this process and no place is reserved, or after this time. */
  async settledWithin(clock: Clock, timeoutMs: number): Promise<void> {
    let cancel: CancelTimer = () => undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = clock.schedule(resolve, timeoutMs);
    });
    await Promise.race([this.until(() => this.byId.size === 0 && this.places === 0), timeout]);
    cancel();
  }

  /** Resolves when no place is reserved, and only these jobs are leased to this process. */
  idleBut(others: WeakSet<LocalJob>): Promise<void> {
    return this.until(() => this.places === 0 && this.all().every((local) => others.has(local)));
  }

  /** Resolves when the job has left this process. */
  left(local: LocalJob): Promise<void> {
    return this.until(() => !this.has(local));
  }

  private countLoaded(pool: LocalPool<LocalJob>, bytes: number): void {
    this.loadedBytes += bytes;
    pool.loadedBytes += bytes;
  }

  private countLeased(pool: LocalPool<LocalJob>, bytes: number): void {
    this.leasedBytes += bytes;
    pool.leasedBytes += bytes;
  }

  /** What the other pools have not yet taken of their parts. */
  private keptFromOthers(pool: LocalPool<LocalJob>, of: 'loadedBytes' | 'leasedBytes'): number {
    if (this.pools.size < 2) return 0;
    const part = this.maxBytes / 2 / this.pools.size;
    let kept = 0;
    for (const other of this.pools) if (other !== pool) kept += Math.max(0, part - other[of]);
    return kept;
  }

  private async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) await new Promise<void>((resolve) => this.listeners.push(resolve));
  }

  private tell(): void {
    for (const listener of this.listeners.splice(0)) listener();
  }
}
