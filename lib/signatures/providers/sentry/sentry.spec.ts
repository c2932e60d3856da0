import { mac, S, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { sentry } from './sentry.js';

describeSender('sentry', {
  create: (secret) => sentry({ secret }),
  signature: 'sentry-hook-signature',
  headers: (body) => ({ 'sentry-hook-signature': mac('hex', [body]) }),
  body: { action: 'created', data: { issue: {} } },
  unsigned: {
    'sentry-hook-resource': 'issue',
    'sentry-hook-timestamp': String(S - 30),
    'request-id': 'r1',
  },
  facts: { eventId: 'r1', eventType: 'issue.created', occurredAt: THEN, dataPath: 'data' },
});
