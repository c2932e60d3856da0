import type { DatabaseKind } from '../../support/databases.js';
import { ChaosDatabase } from '../chaos.database.js';
import { Ledger } from '../ledger.js';
import { must } from '../chaos.error.js';
import type { Scenario } from '../scenario.js';
import { until } from '../waiting.js';
import { Sender } from '../sender.js';

/** The values that app.ts can throw. */
const THROWN = [
  'null',
  'undefined',
  'string',
  'symbol',
  'bigint',
  'function',
  'nameless-object',
  'odd-error',
  'hostile-object',
  'hostile-error',
  'hostile-proxy',
];

/**
 * Handlers that never end, end too late, throw values that are not errors, or block the process. No walk goes along: each
 * step waits for a handler that it looks at alone.
 */
export function handlersScenario(kind: DatabaseKind): Scenario {
  return {
    name: `faulty handlers on ${kind.name}`,
    run: async (run) => {
      const database = await ChaosDatabase.create(run, kind);
      const ledger = new Ledger();
      const faulty = await run.startApp({ database, faulty: true, tell: ledger.tell });
      const sender = new Sender({
        url: () => faulty.url,
        ledger,
        random: run.random,
        name: 'fault',
      });
      const assertAlive = (): void => faulty.assertAlive();
      /** Waits until the job is completed, and compares its attempt with the expected one. */
      const completes = async (id: string, attempt: number): Promise<void> => {
        await until(`the job of ${id} is completed`, async () => {
          assertAlive();
          return (await database.jobOf(id))?.state === 'completed';
        });
        const recorded = (await database.jobOf(id))?.attempt;
        must(recorded === attempt, `${id} ended in attempt ${recorded}, not in ${attempt}`);
      };

      const second = await run.startApp({ database, tell: ledger.tell });
      const thrown: string[] = [];
      for (const what of THROWN) thrown.push(await sender.send('throw', { what }));
      // Three times a lease: renewed while the handler runs, though another process claims jobs.
      const slow = await sender.send('slow');
      // Attempts that time out: the second one counts, whatever the first does afterwards.
      const late = [
        await sender.send('late', { how: 'never' }),
        await sender.send('late', { how: 'returns' }),
        await sender.send('late', { how: 'throws' }),
      ];
      const lateEffects = [
        await sender.send('late-effect', { how: 'never' }),
        await sender.send('late-effect', { how: 'returns' }),
        await sender.send('late-effect', { how: 'writes' }),
      ];
      for (const id of [...thrown, ...late, ...lateEffects]) await completes(id, 2);
      await until('the late attempts have ended', () => ledger.late.size === 4);
      for (const id of [...late, ...lateEffects]) await completes(id, 2);
      await completes(slow, 1);

      // The whole process is blocked: the other one takes over, and the first one ends too late. Whether the
      // job is the cause is unknown, so the first attempt does not count.
      const blocked = await sender.send('block');
      await completes(blocked, 1);
      await until('the blocked attempt has ended', () => {
        assertAlive();
        return ledger.handled.get(blocked)?.length === 2;
      });
      const blockedEffect = await sender.send('block-effect');
      await until('the blocked transaction has ended', () => {
        assertAlive();
        return (ledger.handled.get(blockedEffect) ?? []).includes(1);
      });
      await database.settled(assertAlive);
      await completes(blocked, 1);

      await faulty.stop();
      await second.stop();
      const effects = await database.effects();
      for (const id of [...lateEffects, blockedEffect]) {
        must(effects.get(id) === 1, `${id} has ${effects.get(id) ?? 0} effects, not 1`);
      }
      const again = [...ledger.started].find(
        ([id, attempts]) =>
          id !== blocked && id !== blockedEffect && new Set(attempts).size < attempts.length,
      );
      must(again === undefined, `${again?.[0]} was started in attempts ${again?.[1].join()}`);
      const lost = [...ledger.answered].filter((id) => !ledger.handled.has(id));
      must(lost.length === 0, `${lost.length} answered 2xx and never handled (${lost[0]})`);
      must(ledger.unexpected.length === 0, `unexpected answers: ${ledger.unexpected.join(', ')}`);
      must(ledger.answered.size === ledger.sent, 'not every request was answered 2xx');
      return {
        sent: ledger.sent,
        'answered 2xx': ledger.answered.size,
        handled: ledger.handled.size,
        repeated: [...ledger.handled.values()].filter(({ length }) => length > 1).length,
        'started again': [...ledger.started.values()].filter(({ length }) => length > 1).length,
        'late ends': ledger.late.size,
        lost: lost.length,
      };
    },
  };
}
