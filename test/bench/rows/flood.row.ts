import type { Beside, FloodApi } from '../apps/flood.app.js';
import { startOurs, type Context, type Row } from '../context.js';
import { copyRows, waysOf } from '../copies.js';
import type { BenchDatabase, DatabaseKind } from '../databases.js';
import { compareTimes } from '../measure.js';
import { spread } from '../statistics.js';

const BACKLOG = 1_000_000;
const QUIET_PER_SECOND = 50;
const FLOOD_PER_SECOND = 200;
const WARM_UP_SECONDS = 1;
/** A p99 needs more events than a quiet source has in one window. */
const WINDOWS = 2;
/** Twice the time without the flood. */
const TARGET = 0.5;

export const flood: Row = {
  number: '14',
  title: 'A quiet source beside one that floods, against the same without the flood',
  async measure(context) {
    for (const kind of context.databasesWithTarget) await measureQuiet(context, kind);
  },
};

async function measureQuiet(context: Context, kind: DatabaseKind): Promise<void> {
  const { rounds, scale } = context.options;
  const backlog = BACKLOG * scale;
  const flooded = await kind.create();
  const calm = await kind.create();
  const floods: Beside[] = [];
  try {
    await fill(context, flooded, backlog);
    const results = await compareTimes({
      row: '14',
      title: `quiet source beside a flood, ${kind.label}`,
      rounds,
      targets: { p99: TARGET },
      ours: {
        label: `${backlog.toLocaleString('en')} waiting`,
        run: async () => {
          const beside = await run(context, flooded, FLOOD_PER_SECOND);
          floods.push(beside);
          return beside.waitsMs;
        },
      },
      theirs: { label: 'no flood', run: async () => (await run(context, calm, 0)).waitsMs },
    });
    const perSecond = spread(floods.map((each) => each.floodedPerSecond)).median;
    const flooding = spread(floods.map((each) => each.flooding)).median;
    const notes = [
      `${Math.round(perSecond)} flooding events handled a second; ` +
        `${flooding.toFixed(1)} of their handlers ran when a quiet event came`,
    ];
    for (const result of results) context.done({ ...result, notes });
  } finally {
    await flooded.drop();
    await calm.drop();
  }
}

/** Has the library accept one flooding event, and copies it. */
async function fill(context: Context, database: BenchDatabase, backlog: number): Promise<void> {
  const config = { database: database.options, roles: ['receive'] };
  const app = await startOurs<FloodApi>(context, 'flood', config);
  await app.call('acceptOne');
  await app.call('close');
  await app.stop();
  const { uuid } = waysOf(database);
  const instant = `${Date.now() - backlog} + i`;
  const key = uuid('event', instant);
  await copyRows(database, [
    {
      table: 'webhook_event',
      count: backlog,
      set: { key, event_id: "'msg_' || i", received_at: instant },
    },
    {
      table: 'webhook_job',
      count: backlog,
      set: { id: uuid('a job', instant), ref: key, due_at: instant, created_at: instant },
    },
  ]);
}

/** Starts a new process each time, so that the flood stops while the other side is measured. */
async function run(
  context: Context,
  database: BenchDatabase,
  floodPerSecond: number,
): Promise<Beside> {
  const app = await startOurs<FloodApi>(context, 'flood', { database: database.options });
  const load = { quietPerSecond: QUIET_PER_SECOND, floodPerSecond };
  try {
    await app.call('run', { ...load, seconds: WARM_UP_SECONDS });
    const outcome = await app.call('run', { ...load, seconds: WINDOWS * context.options.seconds });
    if (floodPerSecond > 0 && (await app.call('waiting')) === 0) {
      throw new Error('The flood ended before the measurement: nothing was measured beside it.');
    }
    await app.call('close');
    return outcome;
  } finally {
    await app.stop();
  }
}
