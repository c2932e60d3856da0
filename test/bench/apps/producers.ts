import { monotonicMs } from '../monotonic.clock.js';

export interface Production {
  /** How many producers add at the same time, each one its next after its last was accepted. */
  readonly producers: number;
  /** When to stop: after this time, or after this many. */
  readonly seconds?: number;
  readonly count?: number;
}

/** Adds work from several producers; returns how much. */
export async function produce(
  { producers, seconds = Infinity, count = Infinity }: Production,
  add: () => Promise<unknown>,
): Promise<number> {
  const endsAtMs = monotonicMs() + seconds * 1_000;
  let started = 0;
  const run = async (): Promise<void> => {
    while (started < count && monotonicMs() < endsAtMs) {
      started++;
      await add();
    }
  };
  await Promise.all(Array.from({ length: producers }, run));
  return started;
}
