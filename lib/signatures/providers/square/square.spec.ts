import {
  ISO,
  mac,
  SECRET,
  THEN,
  URL_HERE,
} from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { square } from './square.js';

describeSender('square', {
  create: (secret) => square({ secret, url: URL_HERE }),
  signature: 'x-square-hmacsha256-signature',
  headers: (body) => ({ 'x-square-hmacsha256-signature': mac('base64', [URL_HERE, body]) }),
  body: { event_id: 'e1', type: 'payment.updated', created_at: ISO, data: { id: 'p1' } },
  facts: { eventId: 'e1', eventType: 'payment.updated', occurredAt: THEN, dataPath: 'data' },
  createFor: (url) => square({ secret: SECRET, url }),
});
