import { randomBytes } from 'node:crypto';
import type { WebhookApp } from '../apps/webhook-app.js';
import type { Child } from '../child.process.js';
import { startApp, startLoad, startOurs, type Context, type Row } from '../context.js';
import { dropSchema, POSTGRES_URL, type DatabaseKind } from '../databases.js';
import type { LoadApi } from '../load/load.process.js';
import type { Result } from '../result.js';
import { quantile, QUANTILES, spread } from '../statistics.js';

const PER_SECOND = 200;
export const WARM_UP_SECONDS = 2;

interface Peer {
  readonly label: string;
  readonly server: Child<WebhookApp>;
  stop(): Promise<void>;
}

/** The time from each POST to the start of its handler, in milliseconds; one list a round. */
type Rounds = Float64Array[];

export const latency: Row = {
  number: '6',
  title: `Time from POST to the start of the handler, at ${PER_SECOND} requests a second`,
  async measure(context) {
    const load = await startLoad();
    const peers = await startPeers(context);
    try {
      for (const kind of context.databasesWithTarget)
        await compareLatency(context, kind, peers, load);
    } finally {
      for (const peer of peers) await peer.stop();
      await load.stop();
    }
  },
};

async function compareLatency(
  context: Context,
  kind: DatabaseKind,
  peers: readonly Peer[],
  load: Child<LoadApi>,
): Promise<void> {
  const { rounds, seconds } = context.options;
  const database = await kind.create();
  const ours = await startOurs<WebhookApp>(context, 'library', { database: database.options });
  const servers = [ours, ...peers.map(({ server }) => server)];
  const times = servers.map((): Rounds => []);
  try {
    for (const server of servers) await postToStart(server, load, WARM_UP_SECONDS);
    for (let round = 0; round < rounds; round++) {
      for (const [index, server] of servers.entries()) {
        times[index]?.push(await postToStart(server, load, seconds));
      }
    }
    const [our = [], ...their] = times;
    for (const [index, peer] of peers.entries()) {
      for (const { name, q } of QUANTILES) {
        context.done(
          resultOf(`${name} to handler, ${kind.label}`, peer.label, q, our, their[index] ?? []),
        );
      }
    }
  } finally {
    await ours.stop();
    await database.drop();
  }
}

function resultOf(title: string, peer: string, q: number, ours: Rounds, theirs: Rounds): Result {
  const our = ours.map((round) => quantile(round, q));
  const their = theirs.map((round) => quantile(round, q));
  const ratio = spread(our.map((value, index) => (their[index] ?? Number.NaN) / value));
  return {
    row: '6',
    title,
    unit: 'ms',
    ours: { label: 'library', ...spread(our), values: our },
    theirs: { label: peer, ...spread(their), values: their },
    ratio,
    target: 1,
    reached: ratio.median >= 1,
  };
}

/** Posts at a steady rate; returns the time from each POST to the start of its handler. */
export async function postToStart(
  server: Child<WebhookApp>,
  load: Child<LoadApi>,
  seconds: number,
): Promise<Float64Array> {
  const handled = await server.call('handled');
  const requests = PER_SECOND * seconds;
  await server.call('note');
  const { ids, sentAtMs, refused } = await load.call('pace', {
    port: await server.call('port'),
    perSecond: PER_SECOND,
    requests,
  });
  if (refused > 0) throw new Error(`${refused} requests were refused.`);
  await server.call('drain', handled + requests);
  const starts = await server.call('startsOf', ids);
  return starts.map((start, index) => start - (sentAtMs[index] ?? Number.NaN));
}

async function startPeers(context: Context): Promise<Peer[]> {
  const peers: Peer[] = [];
  const add = async (label: string, start: () => Promise<Peer>): Promise<void> => {
    try {
      peers.push(await start());
    } catch (error) {
      context.warn(`${label} does not start and is skipped: ${(error as Error).message}`);
    }
  };
  await add('BullMQ', async () => {
    const server = await startApp<WebhookApp>('bullmq', {});
    const stop = async (): Promise<void> => {
      await server.call('clean');
      await server.stop();
    };
    return { label: 'BullMQ', server, stop };
  });
  await add('pg-boss', async () => {
    const schema = `hookline_bench_${randomBytes(6).toString('hex')}`;
    const server = await startApp<WebhookApp>('pg-boss', { url: POSTGRES_URL, schema });
    const stop = async (): Promise<void> => {
      await server.stop();
      await dropSchema(schema);
    };
    return { label: 'pg-boss', server, stop };
  });
  return peers;
}
