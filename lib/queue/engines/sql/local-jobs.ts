import type { LocalJob } from './local-job.js';
import type { LeasedJob } from '../../job.js';

/**
 * The jobs that are leased to this process, the waiting ones in the order of arrival, and the places and
 * bytes that they take or that are reserved for jobs to come.
 *
 * @internal
 */
export class LocalJobs {
  private readonly byId = new Map<string, LocalJob>();
  private waiting: LocalJob[] = [];
  private places = 0;
  private endingCount = 0;
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

  /** How many jobs have an outcome that is being recorded. */
  get ending(): number {
    return this.endingCount;
  }

  /** The job that has waited longest. */
  get next(): LocalJob | undefined {
    return this.waiting[0];
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

  /** Whether memory has room for so many more bytes; a payload over the limit fits if it is the only one. */
  fits(bytes: number): boolean {
    return this.loadedBytes === 0 || this.loadedBytes + bytes <= this.maxBytes;
  }

  /** Whether the leased jobs, loaded or not, have as many bytes as may be in memory. */
  get isFull(): boolean {
    return this.leasedBytes >= this.maxBytes;
  }

  reserve(places: number, bytes = 0): void {
    this.places += places;
    this.loadedBytes += bytes;
  }

  unreserve(places: number, bytes = 0): void {
    this.places -= places;
    this.loadedBytes -= bytes;
    this.tell();
  }

  add(job: LeasedJob, leaseUntil: number): LocalJob {
    const local: LocalJob = {
      job,
      payload: undefined,
      isLoaded: false,
      leaseUntil,
      isEnding: false,
      deadline: Infinity,
    };
    this.byId.set(job.id, local);
    this.leasedBytes += job.bytes;
    return local;
  }

  /** Counts the bytes of its payload, which is in memory or about to be. */
  load(local: LocalJob, payload: unknown): void {
    local.payload = payload;
    if (local.isLoaded) return;
    local.isLoaded = true;
    this.loadedBytes += local.job.bytes;
  }

  /** Frees its payload: recording its outcome may have to wait for an unreachable database. */
  unload(local: LocalJob): void {
    local.payload = undefined;
    if (!local.isLoaded) return;
    local.isLoaded = false;
    this.loadedBytes -= local.job.bytes;
  }

  enqueue(local: LocalJob): void {
    this.waiting.push(local);
  }

  /** Takes a job from the waiting ones; false if it does not wait. */
  takeWaiting(local: LocalJob): boolean {
    const index = this.waiting.indexOf(local);
    if (index < 0) return false;
    this.waiting.splice(index, 1);
    return true;
  }

  takeAllWaiting(): LocalJob[] {
    return this.waiting.splice(0);
  }

  /** Notes that its outcome is being recorded. */
  end(local: LocalJob): void {
    if (local.isEnding || !this.has(local)) return;
    local.isEnding = true;
    this.endingCount++;
  }

  /** Removes a job that has left this process. @returns false if it was removed before */
  remove(local: LocalJob): boolean {
    if (!this.has(local)) return false;
    this.byId.delete(local.job.id);
    if (local.isEnding) this.endingCount--;
    this.leasedBytes -= local.job.bytes;
    this.unload(local);
    this.tell();
    return true;
  }

  /** Resolves when no job is leased to this process. */
  settled(): Promise<void> {
    return this.until(() => this.byId.size === 0);
  }

  /** Resolves when no place is reserved. */
  unreserved(): Promise<void> {
    return this.until(() => this.places === 0);
  }

  /** Resolves when no place is reserved, and only these jobs are leased to this process. */
  idleBut(others: WeakSet<LocalJob>): Promise<void> {
    return this.until(() => this.places === 0 && this.all().every((local) => others.has(local)));
  }

  /** Resolves when the job has left this process. */
  left(local: LocalJob): Promise<void> {
    return this.until(() => !this.has(local));
  }

  private async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) await new Promise<void>((resolve) => this.listeners.push(resolve));
  }

  private tell(): void {
    for (const listener of this.listeners.splice(0)) listener();
  }
}
