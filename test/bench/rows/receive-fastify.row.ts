import type { Row } from '../context.js';
import { compareReceiving, VERIFY_ONLY } from './receive.js';

export const receiveFastify: Row = {
  number: '2',
  title: 'Receiving on Fastify, against storing nothing',
  async measure(context) {
    for (const kind of context.databases) {
      await compareReceiving(context, {
        row: '2',
        adapter: 'Fastify',
        kind,
        rival: VERIFY_ONLY,
        target: 0.5,
      });
    }
  },
};
