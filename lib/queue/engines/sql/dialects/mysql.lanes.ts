import type { LaneSyntax } from './question-mark.lanes.js';

/**
 * Reads lock what they find: in a transaction of the host, a plain read would see what was there when that
 * transaction began.
 *
 * @internal
 */
export const MYSQL_LANES: LaneSyntax = {
  orKeep: (column) => `ON DUPLICATE KEY UPDATE ${column} = ${column}`,
  orReplace: (column) => `ON DUPLICATE KEY UPDATE ${column} = VALUES(${column})`,
  // MariaDB finds a list of pairs by no index.
  isOneOf: (count) => Array<string>(count).fill('(lane = ? AND job_id = ?)').join(' OR '),
  locked: 'FOR UPDATE',
  byKey: 'FORCE INDEX (PRIMARY)',
};
