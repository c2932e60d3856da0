import type { AdapterName } from '../apps/host.js';
import type { WebhookApp } from '../apps/webhook-app.js';
import { startApp, startLoad, startOurs, type Context } from '../context.js';
import type { BenchDatabase, DatabaseKind } from '../databases.js';
import { compare } from '../measure.js';
import { Throughput } from '../throughput.js';

/** An application that the library's is compared with. */
export interface Rival {
  /** The name of a file in apps/. */
  readonly app: 'verify-only' | 'by-hand' | 'library';
  readonly label: string;
  readonly needsDatabase: boolean;
  /** The checkout of the application, if it is another one. */
  readonly checkout?: string;
}

export const VERIFY_ONLY: Rival = {
  app: 'verify-only',
  label: 'verifies and stores nothing',
  needsDatabase: false,
};

export const BY_HAND: Rival = {
  app: 'by-hand',
  label: 'insert, handle, update in the request',
  needsDatabase: true,
};

export interface ReceiveComparison {
  readonly row: string;
  readonly adapter: AdapterName;
  readonly kind: DatabaseKind;
  readonly rival: Rival;
  readonly target: number;
}

/** Posts to the library's application and to the rival in turn. */
export async function compareReceiving(
  context: Context,
  { row, adapter, kind, rival, target }: ReceiveComparison,
): Promise<void> {
  const { options } = context;
  const database = await kind.create();
  const rivalDatabase = rival.needsDatabase ? await kind.create() : undefined;
  const ours = await startOurs<WebhookApp>(context, 'library', config(adapter, database));
  const theirs = await startApp<WebhookApp>(rival.app, config(adapter, rivalDatabase), rival);
  const load = await startLoad();
  try {
    const our = await Throughput.create(ours, load, options);
    const their = await Throughput.create(theirs, load, options);
    const result = await compare({
      row,
      title: `receive on ${adapter}, ${kind.label}`,
      unit: 'webhooks/s',
      rounds: options.rounds,
      ...(kind.hasTarget ? { target } : {}),
      ours: { label: 'receive, verify, commit, handle, complete', run: () => our.round() },
      theirs: { label: rival.label, run: () => their.round() },
    });
    context.done({
      ...result,
      notes: [`ours handled ${our.handled} of ${our.distinct} accepted, drained in ${our.drained}`],
    });
  } finally {
    await Promise.all([ours.stop(), theirs.stop(), load.stop()]);
    await database.drop();
    await rivalDatabase?.drop();
  }
}

function config(adapter: AdapterName, database: BenchDatabase | undefined) {
  return { adapter, database: database?.options };
}
