import { ISO, mac, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { mollie } from './mollie.js';

for (const prefix of ['sha256=', '']) {
  describeSender(`mollie, with '${prefix}'`, {
    create: (secret) => mollie({ secret }),
    signature: 'x-mollie-signature',
    headers: (body) => ({ 'x-mollie-signature': `${prefix}${mac('hex', [body])}` }),
    body: { id: 'event_1', type: 'payment-link.paid', entityId: 'pl_1', createdAt: ISO },
    facts: { eventId: 'event_1', eventType: 'payment-link.paid', occurredAt: THEN },
  });
}
