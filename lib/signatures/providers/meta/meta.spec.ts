import { mac, postJson, SECRET } from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
  get,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { factsOf } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { meta } from './meta.js';

const scheme = meta({ secret: SECRET, verifyToken: 'my token' });

describeSender('meta', {
  create: (secret) => meta({ secret, verifyToken: 'token' }),
  signature: 'x-hub-signature-256',
  headers: (body) => ({ 'x-hub-signature-256': `sha256=${mac('hex', [body])}` }),
  body: {
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ field: 'messages', value: { statuses: [{ id: 'm1' }] } }] }],
  },
  facts: { eventType: 'whatsapp_business_account.messages' },
});

describe('meta', () => {
  it.each([
    [{ object: 'page', entry: [{ messaging: [{}] }] }, 'page'],
    [{ object: 'page', entry: [{ changes: [{ field: 'feed' }, { field: 'name' }] }] }, 'page'],
    [{ object: 'page', entry: [{ changes: [{ field: 'feed' }] }, 5, null] }, 'page.feed'],
    [{ object: 'page', entry: 'x' }, 'page'],
    [[], undefined],
  ])('names the field in the type where there is one: %j', (body, eventType) => {
    expect(factsOf(scheme, JSON.stringify(body))).toEqual({
      ok: true,
      keyIndex: 0,
      ...(eventType && { eventType }),
    });
  });

  it('REQ-24 does not use the id of an object as that of the event', () => {
    const verification = factsOf(scheme, JSON.stringify({ statuses: [{ id: 'wamid.1' }] }));
    expect(verification).toMatchObject({ ok: true });
    expect(JSON.stringify(verification)).not.toContain('wamid');
  });

  it('echoes the challenge to whoever shows the verify token', async () => {
    const query = 'hub.mode=subscribe&hub.verify_token=my%20token&hub.challenge=1158201444';
    expect(await answerTo(scheme, get(query))).toMatchObject({ status: 200, body: '1158201444' });
  });

  it.each(['hub.verify_token=other&', 'hub.verify_token=&', ''])(
    'refuses any other token by 403: %j',
    async (token) => {
      const answer = await answerTo(scheme, get(`hub.mode=subscribe&${token}hub.challenge=1`));
      expect(answer).toEqual({ status: 403, headers: {}, body: '' });
    },
  );

  it('does not take other requests for a challenge', async () => {
    expect(await answerTo(scheme, get('hub.challenge=1'))).toBeUndefined();
    const { url } = get('hub.mode=subscribe&hub.verify_token=my%20token&hub.challenge=1');
    expect(await answerTo(scheme, { ...postJson({}), url })).toBeUndefined();
  });

  it.each([undefined, '', '  ', null, 5])('REQ-1 refuses the verify token %j', (verifyToken) => {
    expect(() => meta({ secret: SECRET, verifyToken: verifyToken as never })).toThrow(
      ConfigurationError,
    );
  });
});

describeHandshake('meta', scheme);
