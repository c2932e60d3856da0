import { mac, refused, SECRET } from '../../../../test/signatures/contract/hand-made.js';
import { verify } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { bitbucket } from './bitbucket.js';

describeSender('bitbucket', {
  create: (secret) => bitbucket({ secret }),
  signature: 'x-hub-signature',
  headers: (body) => ({ 'x-hub-signature': `sha256=${mac('hex', [body])}` }),
  body: { push: {} },
  unsigned: { 'x-event-key': 'repo:push', 'x-request-uuid': 'r1' },
  facts: { eventId: 'r1', eventType: 'repo:push' },
});

describe('bitbucket', () => {
  it('REQ-22 refuses a signature by SHA-1', () => {
    const body = Buffer.from('{}');
    const sha1 = mac('hex', [body], { algorithm: 'sha1' });
    const headers = { 'x-hub-signature': `sha1=${sha1}` };
    expect(verify(bitbucket({ secret: SECRET }), body, headers)).toEqual(refused());
  });
});
