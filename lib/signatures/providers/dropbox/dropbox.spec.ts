import { mac, postJson, refused, SECRET } from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
  get,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { verify } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { dropbox } from './dropbox.js';

const scheme = dropbox({ secret: SECRET });

describeSender('dropbox', {
  create: (secret) => dropbox({ secret }),
  signature: 'x-dropbox-signature',
  headers: (body) => ({ 'x-dropbox-signature': mac('hex', [body]) }),
  body: { list_folder: { accounts: ['dbid:1'] } },
  facts: { eventId: expect.stringMatching(/^[\da-f-]{36}$/) },
});

describe('dropbox', () => {
  it('REQ-24 makes each delivery an event: the next change has the same body', () => {
    const body = Buffer.from('{"list_folder":{"accounts":["dbid:1"]}}');
    const headers = { 'x-dropbox-signature': mac('hex', [body]) };
    const [first, second] = [verify(scheme, body, headers), verify(scheme, body, headers)];
    expect(first).toMatchObject({ ok: true, eventId: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(second).not.toEqual(first);
    expect(verify(scheme, Buffer.from('{}'), headers)).toEqual(refused());
  });

  it('echoes the challenge as plain text, whatever it holds', async () => {
    expect(await answerTo(scheme, get('challenge=%3Cscript%3E'))).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
      body: '<script>',
    });
    expect(await answerTo(scheme, get(''))).toBeUndefined();
    expect(await answerTo(scheme, get(`challenge=${'a'.repeat(4_097)}`))).toBeUndefined();
  });

  it('does not answer a refused POST', async () => {
    const { url } = get('challenge=a');
    expect(await answerTo(scheme, { ...postJson({}), url })).toBeUndefined();
  });
});

describeHandshake('dropbox', scheme);
