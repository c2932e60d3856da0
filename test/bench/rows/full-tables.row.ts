import type { InboxApi } from '../apps/inbox.app.js';
import type { Child } from '../child.process.js';
import { startOurs, type Context, type Row } from '../context.js';
import type { BenchDatabase, DatabaseKind } from '../databases.js';
import { fillTables } from '../fill.js';
import { ID_KINDS, type IdKind } from '../load/event.ids.js';
import { compare } from '../measure.js';
import type { BenchOptions } from '../options.js';

export const COMPLETED = 2_000_000;
export const WAITING = 10_000;
const WARM_UP_SECONDS = 2;

/** Starts an application that accepts without HTTP. */
export type StartInbox = (config: object) => Promise<Child<InboxApi>>;

export const fullTables: Row = {
  number: '7',
  title: 'Accepting into full tables, against empty ones',
  async measure(context) {
    for (const kind of context.databasesWithTarget) {
      for (const ids of ID_KINDS) await compareFullAndEmpty(context, kind, ids);
    }
  },
};

async function compareFullAndEmpty(
  context: Context,
  kind: DatabaseKind,
  ids: IdKind,
): Promise<void> {
  const { scale, rounds } = context.options;
  const completed = COMPLETED * scale;
  const start: StartInbox = (config) => startOurs<InboxApi>(context, 'inbox', config);
  const full = await kind.create();
  try {
    await createTables(start, full);
    await fillTables(full, { completed, waiting: WAITING, ids });
    context.done(
      await compare({
        row: '7',
        title: `accept into full tables, ${ids} ids, ${kind.label}`,
        unit: 'events/s',
        rounds,
        target: 0.9,
        ours: {
          label: `${completed.toLocaleString('en')} completed, ${WAITING.toLocaleString('en')} waiting`,
          run: () => acceptInto(start, context.options, full, ids),
        },
        theirs: {
          label: 'empty',
          run: async () => {
            const empty = await kind.create();
            try {
              return await acceptInto(start, context.options, empty, ids);
            } finally {
              await empty.drop();
            }
          },
        },
      }),
    );
  } finally {
    await full.drop();
  }
}

/** Starts an application once. */
export async function createTables(start: StartInbox, database: BenchDatabase): Promise<void> {
  const app = await start({ database: database.options });
  await app.stop();
}

/** Accepts events in a new process each time, so that both sides start in the same state. */
export async function acceptInto(
  start: StartInbox,
  { connections: producers, seconds }: BenchOptions,
  database: BenchDatabase,
  ids: IdKind,
): Promise<number> {
  const app = await start({ database: database.options, ids });
  try {
    await app.call('run', { producers, seconds: WARM_UP_SECONDS });
    return await app.call('run', { producers, seconds });
  } finally {
    await app.stop();
  }
}
