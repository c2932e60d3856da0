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
      const limit = dialect.claimSize(room);
      expect(limit).toBeGreaterThan(room / 2);
      expect(limit).toBeLessThanOrEqual(room);
      const { value } = dialect.claim({ now: 1, leaseUntil: 2, leasedBy: 'me', limit }).next();
      return (value as { sql: string }).sql;
    });
    expect(new Set(statements).size).toBe(9);
  });
});
