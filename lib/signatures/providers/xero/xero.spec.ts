import { mac, postJson, SECRET } from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
  signedPost,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { factsOf } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { xero } from './xero.js';

const scheme = xero({ secret: SECRET });

describeSender('xero', {
  create: (secret) => xero({ secret }),
  signature: 'x-xero-signature',
  headers: (body) => ({ 'x-xero-signature': mac('base64', [body]) }),
  body: { events: [{ eventCategory: 'INVOICE', eventType: 'UPDATE', resourceId: 'r1' }] },
  facts: { events: [{ eventType: 'INVOICE.UPDATE', dataPath: 'events.0' }] },
});

describe('xero', () => {
  const probe = '{"events":[],"firstEventSequence":0,"entropy":"S0m3r4nd0mt3xt"}';

  it('REQ-24 does not use the id of an object as that of the event', () => {
    const verification = factsOf(scheme, JSON.stringify({ resourceId: 'r1' }));
    expect(verification).toMatchObject({ ok: true });
    expect(JSON.stringify(verification)).not.toContain('r1');
  });

  it('answers intent to receive by 200 with an empty body', async () => {
    expect(await answerTo(scheme, signedPost(scheme, probe))).toEqual({
      status: 200,
      headers: {},
      body: '',
    });
  });

  it('answers everything else with exactly 200 or 401, without a body', () => {
    expect(scheme.answers).toEqual({
      accepted: { status: 200, headers: {}, body: '' },
      refused: { status: 401, headers: {}, body: '' },
    });
  });

  it('leaves events to the application, and refusals to the receiver', async () => {
    const body = '{"events":[{"eventType":"UPDATE"}]}';
    expect(await answerTo(scheme, signedPost(scheme, body))).toBeUndefined();
    for (const wrong of [probe, body, '{broken']) {
      expect(await answerTo(scheme, postJson(wrong))).toBeUndefined();
    }
  });

  it('does not answer a signature that it cannot check', async () => {
    const sealed = xero({ secret: () => undefined });
    expect(await answerTo(sealed, signedPost(scheme, probe))).toBeUndefined();
  });
});

describeHandshake('xero', scheme);
