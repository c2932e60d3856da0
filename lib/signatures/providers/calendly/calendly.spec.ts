import { ISO, mac, S, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { calendly } from './calendly.js';

describeSender('calendly', {
  create: (secret) => calendly({ secret }),
  signature: 'calendly-webhook-signature',
  headers: (body) => ({
    'calendly-webhook-signature': `t=${S},v1=${mac('hex', [`${S}.`, body])}`,
  }),
  toleranceSeconds: 180,
  body: { event: 'invitee.created', created_at: ISO, payload: {} },
  facts: { eventType: 'invitee.created', occurredAt: THEN, dataPath: 'payload' },
  list: (good) => `${good},v1=${mac('hex', ['other'])}`,
});
