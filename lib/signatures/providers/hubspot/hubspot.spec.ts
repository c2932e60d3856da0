import { createHash } from 'node:crypto';
import {
  mac,
  MS,
  refused,
  SECRET,
  THEN,
  URL_HERE,
} from '../../../../test/signatures/contract/hand-made.js';
import { factsOf, verify } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { hubspot } from './hubspot.js';

describeSender('hubspot', {
  create: (secret) => hubspot({ secret, url: URL_HERE }),
  signature: 'x-hubspot-signature-v3',
  headers: (body) => ({
    'x-hubspot-request-timestamp': String(MS),
    // The slash of the query is signed as it is, the space as its escape.
    'x-hubspot-signature-v3': mac('base64', [
      'POSThttps://example.com/webhooks/shop?tenant=a/b%20c',
      body,
      String(MS),
    ]),
  }),
  time: 'x-hubspot-request-timestamp',
  toleranceSeconds: 300,
  body: [
    {
      eventId: 1,
      subscriptionId: 2,
      objectId: 3,
      subscriptionType: 'contact.creation',
      occurredAt: THEN.getTime(),
    },
    { eventId: 4, subscriptionType: 'contact.deletion', attemptNumber: 1 },
  ],
  facts: {
    events: [
      {
        eventId: `1-2-3-${THEN.getTime()}`,
        eventType: 'contact.creation',
        occurredAt: THEN,
        dataPath: '0',
      },
      { eventId: '4', eventType: 'contact.deletion', dataPath: '1' },
    ],
  },
  createFor: (url) => hubspot({ secret: SECRET, url }),
});

describeSender('hubspot, version 2', {
  create: (secret) => hubspot({ secret, version: 'v2', url: URL_HERE }),
  signature: 'x-hubspot-signature',
  headers: (body) => ({
    'x-hubspot-signature-version': 'v2',
    'x-hubspot-signature': createHash('sha256')
      .update(Buffer.concat([Buffer.from(`${SECRET}POST${URL_HERE}`), body]))
      .digest('hex'),
  }),
  body: [{ eventId: 4, subscriptionType: 'contact.deletion' }],
  facts: { events: [{ eventId: '4', eventType: 'contact.deletion', dataPath: '0' }] },
  createFor: (url) => hubspot({ secret: SECRET, version: 'v2', url }),
});

describeSender('hubspot, version 1', {
  create: (secret) => hubspot({ secret, version: 'v1' }),
  signature: 'x-hubspot-signature',
  headers: (body) => ({
    'x-hubspot-signature': createHash('sha256')
      .update(Buffer.concat([Buffer.from(SECRET), body]))
      .digest('hex'),
  }),
  body: [{ eventId: 4, subscriptionType: 'contact.deletion' }],
  facts: { events: [{ eventId: '4', eventType: 'contact.deletion', dataPath: '0' }] },
});

describe('hubspot', () => {
  it('reads a body without events as an empty batch', () => {
    const verification = factsOf(hubspot({ secret: SECRET, version: 'v1' }), '[]');
    expect(verification).toEqual({ ok: true, keyIndex: 0, events: [] });
  });

  it('REQ-12 goes by the version of the option: an older signature beside it does not count', () => {
    const body = Buffer.from('[{"eventId":4,"subscriptionType":"contact.deletion"}]');
    const older = createHash('sha256').update(SECRET).update(body).digest('hex');
    const headers = { 'x-hubspot-signature': older };
    expect(verify(hubspot({ secret: SECRET, version: 'v1' }), body, headers)).toMatchObject({
      ok: true,
    });
    expect(verify(hubspot({ secret: SECRET, url: URL_HERE }), body, headers)).toEqual(
      refused('missing-signature'),
    );
  });

  it('refuses a version that there is not', () => {
    expect(() => hubspot({ secret: SECRET, version: 'v0' as never })).toThrow(ConfigurationError);
  });
});
