import type { PollApi } from '../apps/poll.app.js';
import { startOurs, type Context, type Row } from '../context.js';
import type { DatabaseKind } from '../databases.js';
import { compare } from '../measure.js';
import { spread } from '../statistics.js';

const ROWS = 1_000_000;
const CHANGED = 1_000;

export const poll: Row = {
  number: '10',
  title: 'Polling a big table of which little has changed, against scanning it',
  async measure(context) {
    for (const kind of context.databases) await comparePolling(context, kind);
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
  const round = {
    poll: async (): Promise<number> => {
      const { found, queryMs, readMs, tickMs } = await app.call('poll');
      assertFound(found);
      reads.push(readMs);
      ticks.push(tickMs);
      return queryMs;
    },
    scan: async (): Promise<number> => {
      const { found, queryMs, readMs } = await app.call('scan');
      assertFound(found);
      scans.push(readMs);
      return queryMs;
    },
  };
  try {
    await app.call('fill', rows);
    // The first run of a query prepares it, and brings the table into memory.
    await app.call('change', CHANGED, rows);
    await round.poll();
    await round.scan();
    const result = await compare({
      row: '10',
      title: `poll of ${rows.toLocaleString('en')} rows, ${CHANGED.toLocaleString('en')} changed, ${kind.label}`,
      unit: 'ms',
      rounds,
      reach: 50,
      lessIsBetter: true,
      // The change is made before both, whichever of them begins.
      ours: { label: 'queries of @Poll', run: () => changed(round.poll) },
      theirs: { label: 'WHERE points >= 100', run: () => changed(round.scan) },
    });
    context.done({
      ...result,
      notes: [
        `until the last row was mapped ${ms(reads)}, whole tick with ${CHANGED} accepts ${ms(ticks)}; ` +
          `scan with entities ${ms(scans)}`,
      ],
    });
  } finally {
    await app.stop();
    await database.drop();
  }

  async function changed(measure: () => Promise<number>): Promise<number> {
    await app.call('change', CHANGED, rows);
    return measure();
  }
}

function assertFound(found: number): void {
  if (found !== CHANGED) throw new Error(`Expected ${CHANGED} rows, got ${found}.`);
}

function ms(values: readonly number[]): string {
  return `${spread(values).median.toFixed(1)} ms`;
}
