import { ISO, mac, SECRET, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { verify } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { docusign } from './docusign.js';

describeSender('docusign', {
  create: (secret) => docusign({ secret }),
  signature: 'x-docusign-signature-1',
  headers: (body) => ({ 'x-docusign-signature-1': mac('base64', [body]) }),
  body: {
    event: 'envelope-completed',
    generatedDateTime: ISO,
    retryCount: 3,
    data: { envelopeId: 'n1' },
  },
  facts: {
    eventId: `${ISO}/n1/envelope-completed`,
    eventType: 'envelope-completed',
    occurredAt: THEN,
    dataPath: 'data',
  },
});

describe('docusign', () => {
  it('REQ-16 has one header a key, of which any may match', () => {
    const body = Buffer.from('{}');
    const headers = {
      'x-docusign-signature-1': mac('base64', [body], { key: 'another' }),
      'x-docusign-signature-2': mac('base64', [body]),
    };
    expect(verify(docusign({ secret: SECRET }), body, headers)).toMatchObject({ ok: true });
  });
});
