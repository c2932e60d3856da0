import type { ChaosDatabase } from './chaos.database.js';
import { must } from './chaos.error.js';
import type { Figures } from './scenario.js';
import type { WalkEntity } from './walk.entity.js';
import { stepId, type Walk } from './walk.js';

/** What the database has of one walker, in the order of its rows. */
export interface Walked {
  readonly rows: readonly Pick<WalkEntity, 'step' | 'what'>[];
  /** Ids of the events that have fired, in the order of the firings. */
  readonly firings: readonly string[];
}

/**
 * Compares the accepted steps with what was done, after all jobs have ended: the lane in its order, the firings of
 * a serial run, and every timer that was not cancelled, each once.
 *
 * @throws {ChaosError} that names a walker
 */
export async function walkVerdict(
  database: ChaosDatabase,
  walks: readonly Walk[],
): Promise<Figures> {
  const rows = await database.walked();
  const firings = await database.firings();
  let sum = 0;
  for (const [walker, steps] of walks.flatMap((walk) => [...walk.steps])) {
    judgeWalker(walker, steps, {
      rows: rows.get(walker) ?? [],
      firings: firings.get(walker) ?? [],
    });
    sum += steps;
  }
  must(sum > 0, 'no step was accepted');
  return { steps: sum };
}

/** @throws {ChaosError} that says what is wrong */
export function judgeWalker(walker: string, steps: number, { rows, firings }: Walked): void {
  const all = Array.from({ length: steps }, (_, index) => index + 1);
  const done = (what: WalkEntity['what']): number[] =>
    rows.filter((row) => row.what === what).map(({ step }) => step);
  const same = (what: string, found: readonly unknown[], expected: readonly unknown[]): void =>
    must(
      found.join() === expected.join(),
      `${walker} ${what} at ${found.join()}, not at ${expected.join()}`,
    );
  const odd = all.filter((step) => step % 2 === 1);
  same('was handled', done('handled'), all);
  same(
    'has fired',
    firings,
    odd.map((step) => stepId(walker, step)),
  );
  // Methods of firings, and timers, have no order.
  same('ran the method of its rule', inOrder(done('fired')), odd);
  const timed = all.filter((step) => step % 3 === 2);
  same('ran its timers', inOrder(done('timed')), timed);
}

function inOrder(steps: readonly number[]): number[] {
  return steps.toSorted((a, b) => a - b);
}
