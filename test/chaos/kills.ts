import type { AppProcess } from './app.process.js';
import type { Run } from './run.js';
import { pause } from './waiting.js';

/** Shortest and longest time between a start and the next kill, in milliseconds. */
const SHORTEST_LIFE_MS = 500;
const LONGEST_LIFE_MS = 2_500;

/** Kills that go on until they are ended. */
export interface Kills {
  /** How many there were. */
  readonly count: number;
  /** Whether they have ended, also by an error. */
  readonly isOver: boolean;
  /** Resolves when the last application is up again. */
  end(): Promise<void>;
}

/** Kills one of the applications after the other, at random moments, and puts another one in its place. */
export function killRepeatedly(
  { random }: Run,
  apps: AppProcess[],
  spawn: () => AppProcess,
): Kills {
  const so = { isOver: false, count: 0 };
  const killing = (async () => {
    while (!so.isOver) {
      await pause(SHORTEST_LIFE_MS + random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS));
      const index = Math.floor(random() * apps.length);
      const app = apps[index];
      if (app === undefined) continue;
      app.assertAlive();
      await app.kill();
      so.count++;
      apps[index] = spawn();
      await apps[index].listening;
    }
  })();
  // `end()` reports the error.
  killing.catch(() => {
    so.isOver = true;
  });
  return {
    get count() {
      return so.count;
    },
    get isOver() {
      return so.isOver;
    },
    end: async () => {
      so.isOver = true;
      await killing;
    },
  };
}
