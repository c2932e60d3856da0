import { ISO, postJson, SECRET, THEN } from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
  get,
  jsonOf,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { okta } from './okta.js';

const scheme = okta({ secret: SECRET });

describeSender('okta', {
  create: (secret) => okta({ secret }),
  signature: 'authorization',
  headers: () => ({ authorization: SECRET }),
  body: {
    data: { events: [{ uuid: 'u1', eventType: 'user.session.start', published: ISO }] },
  },
  facts: {
    events: [
      {
        eventId: 'u1',
        eventType: 'user.session.start',
        occurredAt: THEN,
        dataPath: 'data.events.0',
      },
    ],
  },
  covers: 'nothing',
});

describe('okta', () => {
  it('answers the challenge of its header', async () => {
    const headers = { 'x-okta-verification-challenge': 'abc' };
    expect(jsonOf(await answerTo(scheme, get('', headers)))).toEqual({ verification: 'abc' });
    expect(await answerTo(scheme, get(''))).toBeUndefined();
    expect(await answerTo(scheme, postJson({}, headers))).toBeUndefined();
  });
});

describeHandshake('okta', scheme);
