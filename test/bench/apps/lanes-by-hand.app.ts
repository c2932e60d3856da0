// What a team writes by hand: the row of a lane is locked while its oldest job runs.
import 'reflect-metadata';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { webhookBody } from '../load/signed.requests.js';
import { monotonicMs } from '../monotonic.clock.js';
import { configuration, serve } from '../remote.js';
import type { HostConfig } from './host.js';

interface ByHandConfig extends HostConfig {
  readonly lanes: number;
  /** How many jobs run at the same time, each with a connection of its own. */
  readonly concurrency: number;
}

const { database, lanes, concurrency } = configuration<ByHandConfig>();
const dataSource = await new DataSource({
  ...database,
  synchronize: false,
  poolSize: concurrency,
} as DataSourceOptions).initialize();
let count = 0;
let working: Promise<unknown> = Promise.resolve();

/** Runs one job; false if there is none whose lane is free. */
function runOne(): Promise<boolean> {
  return dataSource.transaction(async (manager) => {
    const [lane] = (await manager.query(
      `SELECT id FROM lane WHERE EXISTS (SELECT 1 FROM lane_job WHERE lane = lane.id AND NOT done)
        LIMIT 1 FOR UPDATE SKIP LOCKED`,
    )) as { id: number }[];
    if (lane === undefined) return false;
    const [job] = (await manager.query(
      'SELECT id, body FROM lane_job WHERE lane = $1 AND NOT done ORDER BY id LIMIT 1',
      [lane.id],
    )) as { id: string; body: string }[];
    // Another process ended the lane's last job after the first statement had begun.
    if (job === undefined) return true;
    JSON.parse(job.body);
    await manager.query('UPDATE lane_job SET done = TRUE WHERE id = $1', [job.id]);
    count++;
    return true;
  });
}

const api = {
  /** Creates the tables, and adds jobs. */
  async fill(jobs: number): Promise<void> {
    await dataSource.query('CREATE TABLE lane (id integer PRIMARY KEY)');
    await dataSource.query(`CREATE TABLE lane_job (id bigserial PRIMARY KEY, lane integer NOT NULL,
      body text NOT NULL, done boolean NOT NULL DEFAULT FALSE)`);
    await dataSource.query('CREATE INDEX ON lane_job (lane, id) WHERE NOT done');
    await dataSource.query('INSERT INTO lane SELECT generate_series(0, $1::integer - 1)', [lanes]);
    await dataSource.query(
      'INSERT INTO lane_job (lane, body) SELECT n % $1::integer, $2 FROM generate_series(1, $3::integer) n',
      [lanes, webhookBody().toString(), jobs],
    );
    await dataSource.query('ANALYZE');
  },
  /** Starts to work; returns when. */
  start(): number {
    const run = async (): Promise<void> => {
      while (await runOne());
    };
    working = Promise.all(Array.from({ length: concurrency }, run));
    return monotonicMs();
  },
  count: (): number => count,
  /** Resolves when this process finds no more jobs; returns when that was. */
  async settled(): Promise<number> {
    await working;
    return monotonicMs();
  },
};

export type LanesByHandApi = typeof api;
serve(api);
