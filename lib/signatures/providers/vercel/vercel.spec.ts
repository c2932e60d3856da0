import { mac, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { vercel } from './vercel.js';

describeSender('vercel', {
  create: (secret) => vercel({ secret }),
  signature: 'x-vercel-signature',
  headers: (body) => ({ 'x-vercel-signature': mac('hex', [body], { algorithm: 'sha1' }) }),
  body: { id: 'e1', type: 'deployment.ready', createdAt: THEN.getTime(), payload: {} },
  facts: { eventId: 'e1', eventType: 'deployment.ready', occurredAt: THEN, dataPath: 'payload' },
});
