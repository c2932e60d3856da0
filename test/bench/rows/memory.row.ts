import type { InboxApi } from '../apps/inbox.app.js';
import { startOurs, type Context, type Row } from '../context.js';
import type { DatabaseKind } from '../databases.js';
import type { Result } from '../result.js';
import { spread } from '../statistics.js';

const FEW = 10_000;
const MANY = 1_000_000;
const LIMIT = 1.2;
const MIB = 1_048_576;

export const memory: Row = {
  number: '9',
  title: 'Memory of the process after many events, against a few',
  async measure(context) {
    for (const kind of context.databasesWithTarget) await measureMemory(context, kind);
  },
};

async function measureMemory(context: Context, kind: DatabaseKind): Promise<void> {
  const { connections: producers, scale } = context.options;
  const many = MANY * scale;
  const database = await kind.create();
  const app = await startOurs<InboxApi>(context, 'inbox', { database: database.options }, [
    '--expose-gc',
  ]);
  try {
    await app.call('run', { producers, count: FEW });
    const before = await app.call('memory');
    await app.call('run', { producers, count: many - FEW });
    const after = await app.call('memory');
    for (const [name, field] of [
      ['resident set', 'rss'],
      ['heap used', 'heapUsed'],
    ] as const) {
      const title = `${name} after ${many.toLocaleString('en')} events, ${kind.label}`;
      context.done(resultOf(title, after[field] / MIB, before[field] / MIB));
    }
  } finally {
    await app.stop();
    await database.drop();
  }
}

function resultOf(title: string, after: number, before: number): Result {
  return {
    row: '9',
    title,
    unit: 'MiB',
    ours: { label: 'after all', ...spread([after]), values: [after] },
    theirs: { label: `after ${FEW.toLocaleString('en')}`, ...spread([before]), values: [before] },
    ratio: spread([after / before]),
    target: LIMIT,
    targetIsLimit: true,
    reached: after / before <= LIMIT,
  };
}
