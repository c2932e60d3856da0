import type { InboxApi } from '../apps/inbox.app.js';
import type { WebhookApp } from '../apps/webhook-app.js';
import { folderOf } from '../child.process.js';
import { startApp, startLoad, startOurs, type Context, type Row } from '../context.js';
import type { DatabaseKind } from '../databases.js';
import { fillTables } from '../fill.js';
import { ID_KINDS, type IdKind } from '../load/event.ids.js';
import { compare } from '../measure.js';
import { quantile, QUANTILES } from '../statistics.js';
import { claimAll, JOBS, PROCESSES } from './claims.row.js';
import {
  acceptInto,
  COMPLETED,
  createTables,
  WAITING,
  type StartInbox,
} from './full-tables.row.js';
import { postToStart, WARM_UP_SECONDS as PACE_WARM_UP } from './latency.row.js';
import { compareReceiving, type Rival } from './receive.js';
import { inboxConfig, WARM_UP_SECONDS } from './without-http.js';

/** The ratio that a change must keep. */
const TARGET = 0.97;
const LABEL = 'the state before';

/** The rows of the table again (3 is of the same applications as 1 and 2), with an older state as the rival. */
export function before(checkout: string): readonly Row[] {
  const rival: Rival = { app: 'library', label: LABEL, needsDatabase: true, checkout };
  const receive = (row: string, adapter: 'Express' | 'Fastify'): Row => ({
    number: row,
    title: `Receiving on ${adapter}, against ${LABEL}`,
    async measure(context) {
      for (const kind of context.databases) {
        await compareReceiving(context, { row, adapter, kind, rival, target: TARGET });
      }
    },
  });
  const withoutHttp = (row: string, name: DatabaseKind['name']): Row => ({
    number: row,
    title: `Accepting and handling without HTTP, against ${LABEL}`,
    async measure(context) {
      for (const kind of context.databases.filter((each) => each.name === name)) {
        for (const ids of ID_KINDS) await compareInboxes(context, { row, kind, ids, checkout });
      }
    },
  });
  return [
    receive('1', 'Express'),
    receive('2', 'Fastify'),
    withoutHttp('4', 'postgres'),
    withoutHttp('5', 'sqlite'),
    {
      number: '6',
      title: `Time from POST to the start of the handler, against ${LABEL}`,
      async measure(context) {
        for (const kind of context.databasesWithTarget)
          await compareLatency(context, kind, checkout);
      },
    },
    {
      number: '7',
      title: `Accepting into full tables, against ${LABEL}`,
      async measure(context) {
        for (const kind of context.databasesWithTarget) {
          for (const ids of ID_KINDS) await compareFull(context, kind, ids, checkout);
        }
      },
    },
    {
      number: '8',
      title: `Claims by ${PROCESSES} processes, against ${LABEL}`,
      measure: (context) => compareClaims(context, checkout),
    },
  ];
}

interface InboxComparison {
  readonly row: string;
  readonly kind: DatabaseKind;
  readonly ids: IdKind;
  readonly checkout: string;
}

async function compareInboxes(
  context: Context,
  { row, kind, ids, checkout }: InboxComparison,
): Promise<void> {
  const { connections: producers, rounds, seconds } = context.options;
  const [mine, yours] = [await kind.create(), await kind.create()];
  const ours = await startOurs<InboxApi>(context, 'inbox', inboxConfig(context, mine, ids));
  const theirs = await startApp<InboxApi>('inbox', inboxConfig(context, yours, ids), { checkout });
  try {
    for (const app of [ours, theirs]) {
      await app.call('run', { producers, seconds: WARM_UP_SECONDS });
    }
    context.done(
      await compare({
        row,
        title: `accept, handle, complete, ${ids} ids, ${kind.label}`,
        unit: 'events/s',
        rounds,
        target: TARGET,
        ours: { label: 'inbox', run: () => ours.call('run', { producers, seconds }) },
        theirs: { label: LABEL, run: () => theirs.call('run', { producers, seconds }) },
      }),
    );
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
    await Promise.all([mine.drop(), yours.drop()]);
  }
}

async function compareLatency(
  context: Context,
  kind: DatabaseKind,
  checkout: string,
): Promise<void> {
  const { rounds, seconds } = context.options;
  const [mine, yours] = [await kind.create(), await kind.create()];
  const ours = await startOurs<WebhookApp>(context, 'library', { database: mine.options });
  const theirs = await startApp<WebhookApp>('library', { database: yours.options }, { checkout });
  const load = await startLoad();
  try {
    for (const app of [ours, theirs]) await postToStart(app, load, PACE_WARM_UP);
    for (const { name, q } of QUANTILES) {
      context.done(
        await compare({
          row: '6',
          title: `${name} to handler, ${kind.label}`,
          unit: 'ms',
          rounds,
          target: TARGET,
          lessIsBetter: true,
          ours: {
            label: 'library',
            run: async () => quantile(await postToStart(ours, load, seconds), q),
          },
          theirs: {
            label: LABEL,
            run: async () => quantile(await postToStart(theirs, load, seconds), q),
          },
        }),
      );
    }
  } finally {
    await Promise.all([ours.stop(), theirs.stop(), load.stop()]);
    await Promise.all([mine.drop(), yours.drop()]);
  }
}

/** Each state has full tables of its own: their columns may differ. */
async function compareFull(
  context: Context,
  kind: DatabaseKind,
  ids: IdKind,
  checkout: string,
): Promise<void> {
  const completed = COMPLETED * context.options.scale;
  const fill = { completed, waiting: WAITING, ids };
  const fillTheirs = (await import(new URL('fill.js', folderOf(checkout)).href)) as {
    fillTables: typeof fillTables;
  };
  const startMine: StartInbox = (config) => startOurs<InboxApi>(context, 'inbox', config);
  const startYours: StartInbox = (config) => startApp<InboxApi>('inbox', config, { checkout });
  const [mine, yours] = [await kind.create(), await kind.create()];
  try {
    await createTables(startMine, mine);
    await createTables(startYours, yours);
    await fillTables(mine, fill);
    await fillTheirs.fillTables(yours, fill);
    context.done(
      await compare({
        row: '7',
        title: `accept into full tables, ${ids} ids, ${kind.label}`,
        unit: 'events/s',
        rounds: context.options.rounds,
        target: TARGET,
        ours: { label: 'full', run: () => acceptInto(startMine, context.options, mine, ids) },
        theirs: { label: LABEL, run: () => acceptInto(startYours, context.options, yours, ids) },
      }),
    );
  } finally {
    await Promise.all([mine.drop(), yours.drop()]);
  }
}

async function compareClaims(context: Context, checkout: string): Promise<void> {
  const kind = context.databasesWithTarget.find(({ name }) => name === 'postgres');
  if (kind === undefined) {
    context.warn('Row 8 needs PostgreSQL.');
    return;
  }
  const jobs = JOBS * context.options.scale;
  let doubles = 0;
  const run = async (from: { readonly checkout?: string }): Promise<number> => {
    const database = await kind.create();
    try {
      const claims = { database, processes: PROCESSES, jobs, ...from };
      const outcome = await claimAll(context.options, claims);
      if (from.checkout === undefined) doubles += outcome.doubles;
      return outcome.perSecond;
    } finally {
      await database.drop();
    }
  };
  const result = await compare({
    row: '8',
    title: 'claims by several processes, PostgreSQL',
    unit: 'jobs/s',
    rounds: context.options.rounds,
    target: TARGET,
    ours: { label: `${PROCESSES} processes`, run: () => run({}) },
    theirs: { label: LABEL, run: () => run({ checkout }) },
  });
  context.done({
    ...result,
    reached: result.reached === true && doubles === 0,
    notes: [`${doubles} jobs ran twice`],
  });
}
