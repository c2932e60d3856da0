import { Injectable } from '@nestjs/common';
import { monotonicMs } from '../monotonic.clock.js';

/** The work of the handlers of all applications: they count, and note their start if asked. */
@Injectable()
export class Tally {
  count = 0;
  private readonly startedAtMs = new Map<string, number>();
  private notes = false;
  private awaited: { readonly count: number; readonly resolve: () => void } | undefined;

  handle(id: string): void {
    if (this.notes && !this.startedAtMs.has(id)) this.startedAtMs.set(id, monotonicMs());
    this.count++;
    if (this.awaited !== undefined && this.count >= this.awaited.count) {
      this.awaited.resolve();
      this.awaited = undefined;
    }
  }

  /** Resolves when this many have been handled since the start. */
  async reaches(count: number): Promise<void> {
    if (this.count >= count) return;
    await new Promise<void>((resolve) => {
      this.awaited = { count, resolve };
    });
  }

  /** Notes the start of each handler from now on. */
  note(): void {
    this.startedAtMs.clear();
    this.notes = true;
  }

  /** When the handlers of these ids started. */
  startsOf(ids: readonly string[]): Float64Array {
    return Float64Array.from(ids, (id) => this.startedAtMs.get(id) ?? Number.NaN);
  }
}
