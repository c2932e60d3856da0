import type { Row } from '../context.js';
import { BY_HAND, compareReceiving } from './receive.js';

export const receiveByHand: Row = {
  number: '3',
  title: 'Receiving, against what a team writes by hand',
  async measure(context) {
    for (const adapter of ['Express', 'Fastify'] as const) {
      for (const kind of context.databases) {
        await compareReceiving(context, { row: '3', adapter, kind, rival: BY_HAND, target: 3 });
      }
    }
  },
};
