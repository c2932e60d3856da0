import { ISO, mac, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { typeform } from './typeform.js';

describeSender('typeform', {
  create: (secret) => typeform({ secret }),
  signature: 'typeform-signature',
  headers: (body) => ({ 'typeform-signature': `sha256=${mac('base64', [body])}` }),
  body: { event_id: 'e1', event_type: 'form_response', form_response: { submitted_at: ISO } },
  facts: {
    eventId: 'e1',
    eventType: 'form_response',
    occurredAt: THEN,
    dataPath: 'form_response',
  },
});
