import {
  KEY,
  mac,
  standardHeaders,
  WHSEC,
} from '../../../../test/signatures/contract/hand-made.js';
import { verify } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { svix } from './svix.js';

describeSender('svix', {
  create: (secret) => svix({ secret }),
  secret: WHSEC,
  signature: 'svix-signature',
  headers: standardHeaders('svix'),
  time: 'svix-timestamp',
  toleranceSeconds: 300,
  body: { type: 'a.b', data: 1 },
  facts: { eventId: 'msg_1', eventType: 'a.b' },
  list: (good, body) => `${good} v1,${mac('base64', [body])}`,
});

describeSender('svix, by the names of Standard Webhooks', {
  create: (secret) => svix({ secret }),
  secret: WHSEC,
  signature: 'webhook-signature',
  headers: standardHeaders('webhook'),
  time: 'webhook-timestamp',
  toleranceSeconds: 300,
  body: { type: 'a.b', data: 1 },
  facts: { eventId: 'msg_1', eventType: 'a.b' },
});

describe('svix', () => {
  it('REQ-14 takes the key with and without its label', () => {
    const body = Buffer.from('{"type":"a.b"}');
    for (const secret of [WHSEC, KEY.toString('base64url')]) {
      expect(verify(svix({ secret }), body, standardHeaders('svix')(body))).toMatchObject({
        ok: true,
      });
    }
  });
});
