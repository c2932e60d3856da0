import {
  ISO,
  mac,
  postJson,
  request,
  SECRET,
  THEN,
  URL_HERE,
} from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { trello } from './trello.js';

const scheme = trello({ secret: SECRET, url: URL_HERE });

describeSender('trello', {
  create: (secret) => trello({ secret, url: URL_HERE }),
  signature: 'x-trello-webhook',
  headers: (body) => ({
    'x-trello-webhook': mac('base64', [body, URL_HERE], { algorithm: 'sha1' }),
  }),
  body: { action: { id: 'a1', type: 'createCard', date: ISO }, model: { id: 'm1' } },
  facts: { eventId: 'a1', eventType: 'createCard', occurredAt: THEN },
  createFor: (url) => trello({ secret: SECRET, url }),
});

describe('trello', () => {
  it('answers the HEAD request, and does not answer a refused POST', async () => {
    expect(scheme.handshakeMethods).toEqual(['HEAD']);
    expect(await answerTo(scheme, request('HEAD'))).toEqual({ status: 200, headers: {}, body: '' });
    expect(await answerTo(scheme, postJson({}))).toBeUndefined();
  });
});

describeHandshake('trello', scheme);
