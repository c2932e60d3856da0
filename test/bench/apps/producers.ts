import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../monotonic.clock.js';

export interface Production {
  /** How many producers add at the same time, each one its next after its last was accepted. */
  readonly producers: number;
  /** When to stop: after this time, or after this many. */
  readonly seconds?: number;
  readonly count?: number;
}

export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
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

/**
 * Adds work at a steady pace, however long each takes.
 *
 * @param add gets the instant that the pace says, by the monotonic clock: a busy process adds later
 * @returns what each has given
 */
export async function pace<Added>(
  { perSecond, seconds }: Pace,
  add: (plannedAtMs: number) => Promise<Added>,
): Promise<Added[]> {
  const startsAtMs = monotonicMs();
  const added: Promise<Added>[] = [];
  for (let index = 0; index < perSecond * seconds; index++) {
    const plannedAtMs = startsAtMs + (index * 1_000) / perSecond;
    const waitMs = plannedAtMs - monotonicMs();
    if (waitMs > 0) await delay(Math.ceil(waitMs));
    added.push(add(plannedAtMs));
  }
  return Promise.all(added);
}
