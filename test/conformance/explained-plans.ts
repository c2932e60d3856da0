import type { Steps } from '../../lib/database/statement.js';
import type { Machine } from './machine.js';

/**
 * How the plans of each database show a full table scan; those of MySQL show one for the target of an INSERT,
 * too.
 */
export const WHOLE_TABLE =
  /\bSCAN (job|event|lane|waiting|webhook_\w+)\b|Seq Scan on|"select_type":"(?!INSERT)\w+","table":"\w+","type":"ALL"/;

/** Runs the steps, each after its EXPLAIN, and rolls all of it back. */
export async function plansOn(
  { database }: Machine,
  begin: () => Steps<unknown>,
): Promise<string[]> {
  const explain = database.kind === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
  const plans: string[] = [];
  function* explained(): Steps<void> {
    const steps = begin();
    for (let step = steps.next(); step.done !== true;) {
      const { sql, parameters } = step.value;
      plans.push(JSON.stringify(yield { sql: `${explain} ${sql}`, parameters }));
      step = steps.next(yield { sql, parameters });
    }
    throw new Undone();
  }
  const error: unknown = await database.transaction(explained).catch((thrown: unknown) => thrown);
  if (!(error instanceof Undone)) throw error;
  return plans;
}

/** Rolls back a transaction that was only a trial. */
class Undone extends Error {}
