import { FORM_TYPE } from '../../../../test/signatures/content-types.js';
import { describeAcceptedUnsigned } from '../../../../test/signatures/contract/accepted-unsigned.contract.js';
import { at, postForm, request } from '../../../../test/signatures/contract/hand-made.js';
import { answerTo } from '../../../../test/signatures/contract/handshake.contract.js';
import { mailchimp } from './mailchimp.js';

describeAcceptedUnsigned('mailchimp', mailchimp);

describe('mailchimp', () => {
  const scheme = mailchimp({ unsigned: true });

  it('F-17 reads the form, and answers the GET that checks the URL', async () => {
    const body =
      'type=unsubscribe&fired_at=2026-03-26+21%3A40%3A57&data%5Bemail%5D=jane%40example.com';
    expect(await scheme.verify(postForm(body), at())).toEqual({
      ok: true,
      keyIndex: 0,
      eventType: 'unsubscribe',
    });
    expect(scheme.handshakeMethods).toEqual(['GET']);
    expect(await answerTo(scheme, request('GET', { headers: FORM_TYPE }))).toEqual({
      status: 200,
      headers: {},
      body: '',
    });
  });

  it('F-14 shows no secret: one in the query of its URL is not stored', () => {
    expect(scheme).not.toHaveProperty('showsSecret');
  });

  it('F-17 must be told that nothing is signed', () => {
    expect(() => mailchimp({} as never)).toThrow(/Mailchimp signs nothing/);
  });
});
