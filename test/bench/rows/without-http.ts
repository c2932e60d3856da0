import type { BullmqApi } from '../apps/bullmq-inbox.app.js';
import type { InboxApi } from '../apps/inbox.app.js';
import { startApp, startOurs, type Context } from '../context.js';
import type { BenchDatabase, DatabaseKind } from '../databases.js';
import { ID_KINDS, type IdKind } from '../load/event.ids.js';
import { compare } from '../measure.js';

export const WARM_UP_SECONDS = 2;
const TARGET = 2;

/** Accepts, handles and completes in one process, in turn with BullMQ's `add` and worker in another. */
export async function compareWithBullmq(
  context: Context,
  row: string,
  kind: DatabaseKind,
): Promise<void> {
  for (const ids of ID_KINDS) await compareWith(context, row, kind, ids);
}

async function compareWith(
  context: Context,
  row: string,
  kind: DatabaseKind,
  ids: IdKind,
): Promise<void> {
  const { connections: producers, rounds, seconds } = context.options;
  const database = await kind.create();
  const ours = await startOurs<InboxApi>(context, 'inbox', inboxConfig(context, database, ids));
  const theirs = await startApp<BullmqApi>('bullmq-inbox', { concurrency: producers, ids });
  try {
    await ours.call('run', { producers, seconds: WARM_UP_SECONDS });
    await theirs.call('run', { producers, seconds: WARM_UP_SECONDS });
    context.done(
      await compare({
        row,
        title: `accept, handle, complete, ${ids} ids, ${kind.label}`,
        unit: 'events/s',
        rounds,
        target: TARGET,
        ours: { label: 'inbox', run: () => ours.call('run', { producers, seconds }) },
        theirs: { label: 'BullMQ', run: () => theirs.call('run', { producers, seconds }) },
      }),
    );
    await theirs.call('clean');
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
    await database.drop();
  }
}

/** The configuration of our application that accepts and handles without HTTP. */
export function inboxConfig({ options }: Context, database: BenchDatabase, ids: IdKind) {
  return { database: database.options, queue: { concurrency: options.connections }, ids };
}
