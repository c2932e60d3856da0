import { MYSQL_LANES } from './mysql.lanes.js';
import { MysqlQueueDialect } from './mysql.js';
import { QuestionMarkLaneDialect } from './question-mark.lanes.js';

const TABLES = { job: 'job', lane: 'lane', waiting: 'waiting' };

describe(MysqlQueueDialect.name, () => {
  const dialect = new MysqlQueueDialect('job', new QuestionMarkLaneDialect(TABLES, MYSQL_LANES));

  // A server has 16,382 prepared statements by default, for all connections of all processes.
  it('claims with few different statements, for any room', () => {
    const rooms = Array.from({ length: 500 }, (_, index) => index + 1);
    const statements = rooms.map((room) => {
      const each = dialect.claimSize(room);
      expect(each).toBeGreaterThan(room / 2);
      expect(each).toBeLessThanOrEqual(room);
      const taker = { now: 1, leaseUntil: 2, leasedBy: 'me' };
      const { value } = dialect.claim({ ...taker, shares: [1], each }).next();
      return (value as { sql: string }).sql;
    });
    expect(new Set(statements).size).toBe(9);
  });
});
