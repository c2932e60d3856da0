import type { ChaosDatabase } from './chaos.database.js';
import type { Ledger } from './ledger.js';
import { must } from './chaos.error.js';
import type { Figures } from './scenario.js';
import { walkVerdict } from './walk.verdict.js';

export interface VerdictOptions {
  /**
   * Whether an event may be stored though its only answers were 503: if the connection breaks between the
   * commit and the database's answer, it is unknown whether it committed.
   */
  readonly commitsInDoubt?: boolean;
}

/**
 * Compares the answers with the completed work, and that of the walk, after all jobs and applications have ended.
 *
 * @throws {ChaosError} that names events
 */
export async function verdict(
  database: ChaosDatabase,
  ledger: Ledger,
  { commitsInDoubt = false }: VerdictOptions = {},
): Promise<Figures> {
  const { answered, forged, refused, handled } = ledger;
  const effects = await database.effects();
  const stored = await database.eventIds();
  const discarded = await database.jobsIn('discarded');

  const lost = [...answered].filter((id) => !handled.has(id));
  const withoutEffect = [...answered].filter((id) => !effects.has(id) && !ledger.probes.has(id));
  const doubled = [...effects].filter(([, count]) => count > 1).map(([id]) => id);
  const forgedIn = [...forged].filter((id) => stored.has(id) || handled.has(id) || effects.has(id));
  const refusedIn = [...refused].filter((id) => stored.has(id) || handled.has(id));

  must(answered.size > 0, 'no event was answered 2xx: the load did not get through at all');
  must(forged.size > 0, 'no forged event was sent');
  must(lost.length === 0, `${describe(lost)} answered 2xx and never handled`);
  must(withoutEffect.length === 0, `${describe(withoutEffect)} answered 2xx and without effect`);
  must(doubled.length === 0, `${describe(doubled)} with more than one committed effect`);
  must(forgedIn.length === 0, `${describe(forgedIn)} forged and yet stored or handled`);
  must(
    commitsInDoubt || refusedIn.length === 0,
    `${describe(refusedIn)} answered only 503 and yet stored or handled`,
  );
  must(
    discarded.length === 0,
    `${discarded.length} jobs discarded, the first: ${discarded[0]?.name} ${discarded[0]?.lastError}`,
  );
  must(ledger.unexpected.length === 0, `unexpected answers: ${describe(ledger.unexpected)}`);
  must(ledger.withoutRetryAfter === 0, `${ledger.withoutRetryAfter} times 503 without Retry-After`);

  return {
    sent: ledger.sent,
    forged: forged.size,
    'answered 2xx': answered.size,
    'answered 503': ledger.unavailableAnswers,
    handled: handled.size,
    repeated: ledger.repeated().length,
    effects: effects.size,
    ...(await walkVerdict(database, ledger.walks)),
    lost: lost.length + withoutEffect.length,
    ...(commitsInDoubt ? { 'stored though 503': refusedIn.length } : {}),
  };
}

function describe(ids: readonly string[]): string {
  return `${ids.length} (${ids.slice(0, 5).join(', ')})`;
}
