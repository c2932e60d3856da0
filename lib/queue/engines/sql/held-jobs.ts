import type { HeldJob } from './held-job.js';
import type { LeasedJob } from '../../job.js';

/**
 * The jobs that are leased to this process, those of them that wait in the order in which they came, and
 * the places and bytes that are taken by them and by others on their way.
 *
 * @internal
 */
export class HeldJobs {
  private readonly byId = new Map<string, HeldJob>();
  private waiting: HeldJob[] = [];
  private places = 0;
  private endingCount = 0;
  private loadedBytes = 0;
  private heldBytes = 0;
  private listeners: (() => void)[] = [];

  /** @param maxBytes most bytes of events and notifications in memory */
  constructor(private readonly maxBytes: number) {}

  get size(): number {
    return this.byId.size;
  }

  /** How many are on their way to this process. */
  get reserved(): number {
    return this.places;
  }

  /** How many have an outcome that is on its way into the database. */
  get ending(): number {
    return this.endingCount;
  }

  /** The one that has waited for longest. */
  get next(): HeldJob | undefined {
    return this.waiting[0];
  }

  all(): HeldJob[] {
    return [...this.byId.values()];
  }

  has(held: HeldJob): boolean {
    return this.byId.get(held.job.id) === held;
  }

  find(id: string): HeldJob | undefined {
    return this.byId.get(id);
  }

  /** Whether so many bytes more may be in memory; whatever is larger than the limit may be there by itself. */
  fits(bytes: number): boolean {
    return this.loadedBytes === 0 || this.loadedBytes + bytes <= this.maxBytes;
  }

  /** Whether as many bytes as may be in memory are leased to this process, loaded or not. */
  get isFull(): boolean {
    return this.heldBytes >= this.maxBytes;
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

  hold(job: LeasedJob, leaseUntil: number): HeldJob {
    const held: HeldJob = {
      job,
      payload: undefined,
      isLoaded: false,
      leaseUntil,
      isEnding: false,
      deadline: Infinity,
    };
    this.byId.set(job.id, held);
    this.heldBytes += job.bytes;
    return held;
  }

  /** Takes the bytes of its payload, which is in memory or about to be. */
  load(held: HeldJob, payload: unknown): void {
    held.payload = payload;
    if (held.isLoaded) return;
    held.isLoaded = true;
    this.loadedBytes += held.job.bytes;
  }

  /** Lets go of its payload: recording its outcome may have to wait for a database that is away. */
  unload(held: HeldJob): void {
    held.payload = undefined;
    if (!held.isLoaded) return;
    held.isLoaded = false;
    this.loadedBytes -= held.job.bytes;
  }

  wait(held: HeldJob): void {
    this.waiting.push(held);
  }

  /** Takes a job from those that wait; false where it does not wait. */
  takeWaiting(held: HeldJob): boolean {
    const index = this.waiting.indexOf(held);
    if (index < 0) return false;
    this.waiting.splice(index, 1);
    return true;
  }

  takeAllWaiting(): HeldJob[] {
    return this.waiting.splice(0);
  }

  /** Its outcome is on its way into the database. */
  end(held: HeldJob): void {
    if (held.isEnding || !this.has(held)) return;
    held.isEnding = true;
    this.endingCount++;
  }

  /** It has left this process. @returns false where it had before */
  forget(held: HeldJob): boolean {
    if (!this.has(held)) return false;
    this.byId.delete(held.job.id);
    if (held.isEnding) this.endingCount--;
    this.heldBytes -= held.job.bytes;
    this.unload(held);
    this.tell();
    return true;
  }

  /** Resolves when no job is leased to this process. */
  settled(): Promise<void> {
    return this.until(() => this.byId.size === 0);
  }

  /** Resolves when no job is on its way to this process. */
  unreserved(): Promise<void> {
    return this.until(() => this.places === 0);
  }

  /** Resolves when no job is on its way to this process, and none leased to it but these. */
  idleBut(others: WeakSet<HeldJob>): Promise<void> {
    return this.until(() => this.places === 0 && this.all().every((held) => others.has(held)));
  }

  /** Resolves when the job has left this process. */
  left(held: HeldJob): Promise<void> {
    return this.until(() => !this.has(held));
  }

  private async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) await new Promise<void>((resolve) => this.listeners.push(resolve));
  }

  private tell(): void {
    for (const listener of this.listeners.splice(0)) listener();
  }
}
