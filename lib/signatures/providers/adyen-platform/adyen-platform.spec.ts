import { ISO, KEY, mac, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { factsOf } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { adyenPlatform } from './adyen-platform.js';

describeSender('adyenPlatform', {
  create: (secret) => adyenPlatform({ secret }),
  secret: KEY.toString('hex').toUpperCase(),
  signature: 'hmacsignature',
  headers: (body) => ({
    hmacsignature: mac('base64', [body], { key: KEY }),
    protocol: 'HmacSHA256',
  }),
  body: { type: 'balancePlatform.transfer.updated', timestamp: ISO, data: { id: 't1' } },
  facts: {
    eventType: 'balancePlatform.transfer.updated',
    occurredAt: THEN,
    dataPath: 'data',
  },
  otherSecret: '00',
});

describe('adyenPlatform', () => {
  it('REQ-24 does not use the id of an object as that of the event', () => {
    const verification = factsOf(
      adyenPlatform({ secret: 'ab' }),
      JSON.stringify({ data: { id: 'transfer_1' } }),
    );
    expect(verification).toMatchObject({ ok: true });
    expect(JSON.stringify(verification)).not.toContain('transfer_1');
  });
});
