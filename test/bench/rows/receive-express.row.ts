import type { Row } from '../context.js';
import { compareReceiving, VERIFY_ONLY } from './receive.js';

export const receiveExpress: Row = {
  number: '1',
  title: 'Receiving on Express, against storing nothing',
  async measure(context) {
    for (const kind of context.databases) {
      await compareReceiving(context, {
        row: '1',
        adapter: 'Express',
        kind,
        rival: VERIFY_ONLY,
        target: 0.85,
      });
    }
  },
};
