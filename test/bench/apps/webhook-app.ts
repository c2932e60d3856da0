import type { Tally } from './tally.js';

/** The methods of a process that receives webhooks by HTTP. */
export interface WebhookApp {
  [method: string]: (...args: never[]) => unknown;
  port(): number;
  handled(): number;
  /** Resolves when this many have been handled since the start, and all outcomes are stored. */
  drain(handled: number): Promise<void>;
  note(): void;
  startsOf(ids: readonly string[]): Float64Array;
  /** Removes its data from a store that it shares with others. */
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
