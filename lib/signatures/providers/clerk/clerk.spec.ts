import { standardHeaders, THEN, WHSEC } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { clerk } from './clerk.js';

describeSender('clerk', {
  create: (secret) => clerk({ secret }),
  secret: WHSEC,
  signature: 'svix-signature',
  headers: standardHeaders('svix'),
  time: 'svix-timestamp',
  toleranceSeconds: 300,
  body: { type: 'user.created', timestamp: THEN.getTime(), data: { id: 'user_1' } },
  facts: { eventId: 'msg_1', eventType: 'user.created', occurredAt: THEN, dataPath: 'data' },
});
