import type { Row } from './context.js';
import type { BenchOptions } from './options.js';
import { before } from './rows/before.rows.js';
import { claims } from './rows/claims.row.js';
import { flood } from './rows/flood.row.js';
import { fullTables } from './rows/full-tables.row.js';
import { lanes } from './rows/lanes.row.js';
import { latency } from './rows/latency.row.js';
import { memory } from './rows/memory.row.js';
import { poll } from './rows/poll.row.js';
import { receiveByHand } from './rows/receive-by-hand.row.js';
import { receiveExpress } from './rows/receive-express.row.js';
import { receiveFastify } from './rows/receive-fastify.row.js';
import { timers } from './rows/timers.row.js';
import { verify } from './rows/verify.row.js';
import { wakeUp } from './rows/wake-up.row.js';
import { withoutHttpPostgreSQL } from './rows/without-http-postgres.row.js';
import { withoutHttpSQLite } from './rows/without-http-sqlite.row.js';

/** The rows of the table, in their order. */
const TABLE: readonly Row[] = [
  receiveExpress,
  receiveFastify,
  receiveByHand,
  withoutHttpPostgreSQL,
  withoutHttpSQLite,
  latency,
  fullTables,
  claims,
  memory,
  poll,
  verify,
  lanes,
  timers,
  flood,
  wakeUp,
];

/** The rows to measure: the table, or the library against an older checkout of itself. */
export function rows({ against }: BenchOptions): readonly Row[] {
  return against === undefined ? TABLE : before(against);
}
