import { describeAcceptedUnsigned } from '../../../../test/signatures/contract/accepted-unsigned.contract.js';
import { at, postForm } from '../../../../test/signatures/contract/hand-made.js';
import { mollieClassic } from './mollie-classic.js';

describeAcceptedUnsigned('mollieClassic', mollieClassic);

describe('mollieClassic', () => {
  it('REQ-24 makes each delivery an event: the next change has the same form', () => {
    const scheme = mollieClassic({ unsigned: true });
    const first = scheme.verify(postForm('id=tr_1'), at());
    expect(first).toMatchObject({ ok: true, eventId: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(scheme.verify(postForm('id=tr_1'), at())).not.toEqual(first);
  });
});
