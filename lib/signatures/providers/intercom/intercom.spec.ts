import {
  mac,
  postJson,
  request,
  S,
  SECRET,
  THEN,
} from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { intercom } from './intercom.js';

const scheme = intercom({ secret: SECRET });

describeSender('intercom', {
  create: (secret) => intercom({ secret }),
  signature: 'x-hub-signature',
  headers: (body) => ({
    'x-hub-signature': `sha1=${mac('hex', [body], { algorithm: 'sha1' })}`,
  }),
  body: { id: 'notif_1', topic: 'user.created', created_at: S - 30, data: { item: {} } },
  facts: { eventId: 'notif_1', eventType: 'user.created', occurredAt: THEN, dataPath: 'data' },
});

describe('intercom', () => {
  it('answers the HEAD request, and does not answer a refused POST', async () => {
    expect(scheme.handshakeMethods).toEqual(['HEAD']);
    expect(await answerTo(scheme, request('HEAD'))).toEqual({ status: 200, headers: {}, body: '' });
    expect(await answerTo(scheme, postJson({}))).toBeUndefined();
  });
});

describeHandshake('intercom', scheme);
