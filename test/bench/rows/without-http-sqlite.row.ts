import type { Row } from '../context.js';
import { compareWithBullmq } from './without-http.js';

export const withoutHttpSQLite: Row = {
  number: '5',
  title: 'Accepting and handling without HTTP on SQLite, against BullMQ',
  async measure(context) {
    const kind = context.databasesWithTarget.find(({ name }) => name === 'sqlite');
    if (kind === undefined) context.warn('Row 5 needs SQLite.');
    else await compareWithBullmq(context, '5', kind);
  },
};
