import { mac, refused, SECRET, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { verify } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { jira } from './jira.js';

describeSender('jira', {
  create: (secret) => jira({ secret }),
  signature: 'x-hub-signature',
  headers: (body) => ({ 'x-hub-signature': `sha256=${mac('hex', [body])}` }),
  body: { webhookEvent: 'jira:issue_created', timestamp: THEN.getTime(), issue: { id: '1' } },
  unsigned: { 'x-atlassian-webhook-identifier': 'w1' },
  facts: { eventId: 'w1', eventType: 'jira:issue_created', occurredAt: THEN },
});

describe('jira', () => {
  it('REQ-22 refuses a signature by SHA-1', () => {
    const body = Buffer.from('{}');
    const sha1 = mac('hex', [body], { algorithm: 'sha1' });
    const headers = { 'x-hub-signature': `sha1=${sha1}` };
    expect(verify(jira({ secret: SECRET }), body, headers)).toEqual(refused());
  });
});
