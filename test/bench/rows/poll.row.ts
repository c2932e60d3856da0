import type { PollApi } from '../apps/poll.app.js';
import { startOurs, type Context, type Row } from '../context.js';
import type { DatabaseKind } from '../databases.js';
import { compare } from '../measure.js';
import { spread } from '../statistics.js';

const ROWS = 1_000_000;
const CHANGED = 1_000;

export const poll: Row = {
  number: '10',
  title: 'Polling a big table with few changes, against scanning it',
  async measure(context) {
    for (const kind of context.databasesWithTarget) await comparePolling(context, kind);
  },
};

async function comparePolling(context: Context, kind: DatabaseKind): Promise<void> {
  const { scale, rounds } = context.options;
  const rows = ROWS * scale;
  const database = await kind.create();
  const app = await startOurs<PollApi>(context, 'poll', { database: database.options });
  const reads: number[] = [];
  const ticks: number[] = [];
  const scans: number[] = [];
  const carried: { poll: number[]; scan: number[] } = { poll: [], scan: [] };
  const round = {
    poll: async (): Promise<number> => {
      await app.call('change', CHANGED, rows);
      const { found, queryMs, findMs, readMs, tickMs } = await app.call('poll');
      assertFound(found, CHANGED);
      reads.push(readMs);
      ticks.push(tickMs);
      carried.poll.push(queryMs);
      return findMs;
    },
    scan: async (): Promise<number> => {
      const { found, queryMs, findMs, readMs } = await app.call('scan');
      assertFound(found, 2 * CHANGED);
      scans.push(readMs);
      carried.scan.push(queryMs);
      return findMs;
    },
  };
  try {
    await app.call('fill', rows);
    // The first runs bring the table into memory. From the second on, the rows of the run before are read
    // again (the look-back), and both ways see twice as many rows as have changed.
    await round.poll();
    await round.poll();
    await round.scan();
    const result = await compare({
      row: '10',
      title: `poll of ${rows.toLocaleString('en')} rows, ${CHANGED.toLocaleString('en')} changed, ${kind.label}`,
      unit: 'ms',
      rounds,
      target: 50,
      lessIsBetter: true,
      ours: { label: 'finding the rows by the queries of @Poll', run: round.poll },
      theirs: { label: 'WHERE points >= 100', run: round.scan },
    });
    context.done({
      ...result,
      notes: [
        `with the rows transferred: poll ${ms(carried.poll)}, scan ${ms(carried.scan)}; ` +
          `until the last row was mapped ${ms(reads)}, whole tick with ${CHANGED} accepts ${ms(ticks)}; ` +
          `scan with entities ${ms(scans)}`,
      ],
    });
  } finally {
    await app.stop();
    await database.drop();
  }
}

function assertFound(found: number, expected: number): void {
  if (found !== expected) throw new Error(`Expected ${expected} rows, got ${found}.`);
}

function ms(values: readonly number[]): string {
  return `${spread(values).median.toFixed(1)} ms`;
}
