import type { Row } from '../context.js';
import { compareWithBullmq } from './without-http.js';

export const withoutHttpPostgreSQL: Row = {
  number: '4',
  title: 'Accepting and handling without HTTP on PostgreSQL, against BullMQ',
  async measure(context) {
    const kind = context.databasesWithTarget.find(({ name }) => name === 'postgres');
    if (kind === undefined) context.warn('Row 4 needs PostgreSQL.');
    else await compareWithBullmq(context, '4', kind);
  },
};
