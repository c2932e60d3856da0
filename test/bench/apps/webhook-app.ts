import type { Tally } from './tally.js';

/** What a process offers that takes webhooks by HTTP. */
export interface WebhookApp {
  [method: string]: (...args: never[]) => unknown;
  port(): number;
  handled(): number;
  /** Resolves when so many have been handled since the start, and nothing is left to be stored. */
  drain(handled: number): Promise<void>;
  note(): void;
  startsOf(ids: readonly string[]): Float64Array;
  /** Removes what it has left in a store that it shares with others. */
  clean(): Promise<void>;
}

export function webhookApp(
  port: number,
  tally: Tally,
  settled: () => Promise<void> = () => Promise.resolve(),
): WebhookApp {
  return {
    port: () => port,
    handled: () => tally.count,
    drain: async (handled: number) => {
      await tally.reaches(handled);
      await settled();
    },
    note: () => tally.note(),
    startsOf: (ids: readonly string[]) => tally.startsOf(ids),
    clean: () => Promise.resolve(),
  };
}
