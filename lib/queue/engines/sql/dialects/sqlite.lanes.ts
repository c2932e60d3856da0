import { rowPlaceholders } from '../../../../database/batches.js';
import type { LaneSyntax } from './question-mark.lanes.js';

/**
 * Needs no locks of rows: a transaction that writes has the database for itself.
 *
 * @internal
 */
export const SQLITE_LANES: LaneSyntax = {
  orKeep: () => 'ON CONFLICT DO NOTHING',
  orReplace: (column) => `ON CONFLICT (lane) DO UPDATE SET ${column} = excluded.${column}`,
  isOneOf: (count) => `(lane, job_id) IN (VALUES ${rowPlaceholders(count, 2)})`,
  locked: '',
  byKey: '',
};
