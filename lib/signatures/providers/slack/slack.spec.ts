import { FORM_TYPE } from '../../../../test/signatures/content-types.js';
import {
  at,
  mac,
  postForm,
  postJson,
  S,
  SECRET,
  THEN,
} from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
  signedPost,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { factsOf } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { slack } from './slack.js';

const scheme = slack({ secret: SECRET });

describeSender('slack', {
  create: (secret) => slack({ secret }),
  signature: 'x-slack-signature',
  headers: (body) => ({
    'x-slack-request-timestamp': String(S),
    'x-slack-signature': `v0=${mac('hex', [`v0:${S}:`, body])}`,
  }),
  time: 'x-slack-request-timestamp',
  toleranceSeconds: 300,
  body: {
    type: 'event_callback',
    event_id: 'Ev1',
    event_time: S - 30,
    event: { type: 'app_mention' },
  },
  facts: { eventId: 'Ev1', eventType: 'app_mention', occurredAt: THEN, dataPath: 'event' },
});

describe('slack', () => {
  const challenge = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1a' });

  it.each([
    ['command=%2Fdeploy&text=now', '/deploy'],
    [`payload=${encodeURIComponent('{"type":"block_actions"}')}`, 'block_actions'],
    ['payload=%7Bbroken', undefined],
    ['payload=1&payload=2', undefined],
  ])('reads the type of a form as well: %s', (form, eventType) => {
    expect(factsOf(scheme, form, FORM_TYPE)).toEqual({
      ok: true,
      keyIndex: 0,
      ...(eventType && { eventType }),
    });
  });

  it('echoes a signed challenge as plain text', async () => {
    expect(await answerTo(scheme, signedPost(scheme, challenge))).toEqual({
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
      },
      body: '3eZbrw1a',
    });
  });

  it('does not answer an unsigned challenge', async () => {
    expect(await answerTo(scheme, postJson(challenge))).toBeUndefined();
  });

  it('accepts ssl_check only if it is signed', async () => {
    const body = 'ssl_check=1&token=old';
    expect(await answerTo(scheme, signedPost(scheme, body, FORM_TYPE))).toMatchObject({
      status: 200,
    });
    expect(await answerTo(scheme, postForm(body))).toBeUndefined();
    expect(scheme.verify(postForm(body), at())).toMatchObject({ ok: false });
  });

  it('leaves events to the application', async () => {
    const body = JSON.stringify({ type: 'event_callback', challenge: 'x' });
    expect(await answerTo(scheme, signedPost(scheme, body))).toBeUndefined();
  });
});

describeHandshake('slack', scheme);
