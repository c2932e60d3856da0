import {
  ISO,
  standardHeaders,
  THEN,
  WHSEC,
} from '../../../../test/signatures/contract/hand-made.js';
import { factsOf } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { resend } from './resend.js';

describeSender('resend', {
  create: (secret) => resend({ secret }),
  secret: WHSEC,
  signature: 'svix-signature',
  headers: standardHeaders('svix'),
  time: 'svix-timestamp',
  toleranceSeconds: 300,
  body: { type: 'email.opened', created_at: ISO, data: { email_id: 'e1' } },
  facts: { eventId: 'msg_1', eventType: 'email.opened', occurredAt: THEN, dataPath: 'data' },
});

describe('resend', () => {
  it('REQ-24 does not use the id of an object as that of the event', () => {
    const verification = factsOf(
      resend({ secret: WHSEC }),
      JSON.stringify({ data: { email_id: 'e1' } }),
    );
    expect(verification).toMatchObject({ ok: true });
    expect(JSON.stringify(verification)).not.toContain('e1');
  });
});
