import { mac, postJson, S, SECRET, THEN } from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
  jsonOf,
  signedPost,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { zoom } from './zoom.js';

const scheme = zoom({ secret: SECRET });

describeSender('zoom', {
  create: (secret) => zoom({ secret }),
  signature: 'x-zm-signature',
  headers: (body) => ({
    'x-zm-request-timestamp': String(S),
    'x-zm-signature': `v0=${mac('hex', [`v0:${S}:`, body])}`,
  }),
  time: 'x-zm-request-timestamp',
  toleranceSeconds: 300,
  body: { event: 'meeting.started', event_ts: THEN.getTime(), payload: {} },
  facts: { eventType: 'meeting.started', occurredAt: THEN, dataPath: 'payload' },
});

describe('zoom', () => {
  const challenge = JSON.stringify({
    event: 'endpoint.url_validation',
    payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' },
  });

  it('answers a signed challenge by its HMAC', async () => {
    expect(jsonOf(await answerTo(scheme, signedPost(scheme, challenge)))).toEqual({
      plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
      encryptedToken: mac('hex', ['qgg8vlvZRS6UYooatFL8Aw']),
    });
  });

  it('makes no HMAC for an unsigned challenge', async () => {
    expect(await answerTo(scheme, postJson(challenge))).toBeUndefined();
  });

  it.each(['{"event":"endpoint.url_validation"}', '{"event":"meeting.started"}', '[]', '{broken'])(
    'does not take %s for a challenge',
    async (body) => {
      expect(await answerTo(scheme, signedPost(scheme, body))).toBeUndefined();
    },
  );
});

describeHandshake('zoom', scheme);
