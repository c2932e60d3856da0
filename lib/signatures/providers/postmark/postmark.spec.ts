import { factsOf } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { postmark } from './postmark.js';

describeSender('postmark', {
  create: (secret) => postmark({ secret }),
  secret: 'user:password',
  signature: 'authorization',
  headers: () => ({ authorization: 'Basic dXNlcjpwYXNzd29yZA==' }),
  body: { RecordType: 'Delivery', MessageID: 'm1' },
  facts: { eventType: 'Delivery' },
  covers: 'nothing',
});

describe('postmark', () => {
  it('REQ-24 does not use the id of an object as that of the event', () => {
    const verification = factsOf(
      postmark({ secret: 'user:password' }),
      JSON.stringify({ MessageID: 'm1' }),
    );
    expect(verification).toMatchObject({ ok: true });
    expect(JSON.stringify(verification)).not.toContain('m1');
  });
});
