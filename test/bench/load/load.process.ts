// Posts webhooks from a process of its own, so that the servers have a core for themselves.
import { monotonicMs } from '../monotonic.clock.js';
import { serve } from '../remote.js';
import { HttpConnection } from './http.connection.js';
import { SignedRequests } from './signed.requests.js';

export interface Flood {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Signed beforehand; when they are used up, the flood ends early. */
  readonly requests: number;
  readonly repeatEvery: number;
}

export interface FloodResult {
  /** Requests that were answered 2xx. */
  readonly answered: number;
  /** Those among them that were no repetition. */
  readonly distinct: number;
  /** Answers by any other status. */
  readonly others: Readonly<Record<string, number>>;
  /** When the first was sent, by the clock that all processes of the machine share. */
  readonly startedAtMs: number;
  /** Until the last was answered. */
  readonly elapsedMs: number;
}

export interface Pace {
  readonly port: number;
  readonly perSecond: number;
  readonly requests: number;
}

export interface PaceResult {
  readonly ids: readonly string[];
  /** When each was sent, by the clock that all processes of the machine share. */
  readonly sentAtMs: Float64Array;
  readonly refused: number;
}

const api = {
  /** Posts as fast as the answers come. */
  async flood(flood: Flood): Promise<FloodResult> {
    const requests = SignedRequests.create(flood.requests, flood.repeatEvery);
    const connections = await openAll(flood.port, flood.connections);
    const others: Record<string, number> = {};
    let answered = 0;
    let distinct = 0;
    const startedAtMs = monotonicMs();
    const endsAtMs = startedAtMs + flood.seconds * 1_000;

    const run = (connection: HttpConnection): Promise<void> =>
      new Promise((resolve, reject) => {
        const next = (): void => {
          const request = monotonicMs() < endsAtMs ? requests.take() : undefined;
          if (request === undefined) {
            resolve();
            return;
          }
          const { bytes, isRepeat } = request;
          connection.send(
            bytes,
            (status) => {
              if (status >= 200 && status < 300) {
                answered++;
                if (!isRepeat) distinct++;
              } else {
                others[status] = (others[status] ?? 0) + 1;
              }
              next();
            },
            reject,
          );
        };
        next();
      });

    await Promise.all(connections.map(run));
    const elapsedMs = monotonicMs() - startedAtMs;
    for (const connection of connections) connection.close();
    return { answered, distinct, others, startedAtMs, elapsedMs };
  },

  /** Posts at a steady pace, however long the answers take. */
  async pace({ port, perSecond, requests: count }: Pace): Promise<PaceResult> {
    const requests = SignedRequests.create(count, 0);
    const idle = await openAll(port, perSecond);
    const connections = [...idle];
    const sentAtMs = new Float64Array(count);
    let refused = 0;

    await new Promise<void>((resolve, reject) => {
      const startedAtMs = monotonicMs();
      let sent = 0;
      let done = 0;
      const tick = (): void => {
        const due = Math.min(
          count,
          Math.floor((monotonicMs() - startedAtMs) * (perSecond / 1_000)),
        );
        for (; sent < due; sent++) {
          const connection = idle.pop();
          if (connection === undefined) {
            reject(new Error(`The server does not keep up with ${perSecond} requests a second.`));
            return;
          }
          const request = requests.take();
          if (request === undefined) return;
          sentAtMs[request.position] = monotonicMs();
          connection.send(
            request.bytes,
            (status) => {
              idle.push(connection);
              if (status < 200 || status >= 300) refused++;
              if (++done === count) resolve();
            },
            reject,
          );
        }
        if (sent < count) setTimeout(tick, 1);
      };
      tick();
    });
    for (const connection of connections) connection.close();
    return { ids: requests.ids, sentAtMs, refused };
  },
};

export type LoadApi = typeof api;

function openAll(port: number, count: number): Promise<HttpConnection[]> {
  return Promise.all(Array.from({ length: count }, () => HttpConnection.open(port)));
}

serve(api);
