import { createHash } from 'node:crypto';
import { JSON_TYPE } from '../../../../test/signatures/content-types.js';
import {
  at,
  ISO,
  mac,
  postForm,
  postJson,
  refused,
  URL_HERE,
} from '../../../../test/signatures/contract/hand-made.js';
import { describeOwnAlgorithm } from '../../../../test/signatures/contract/own-algorithm.contract.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { twilio } from './twilio.js';

const HOOK = 'https://example.com/t?x=1';

const signatureOf = (content: string, key = 'token'): string =>
  mac('base64', [content], { key, algorithm: 'sha1' });

describeOwnAlgorithm('twilio, by a form', {
  scheme: twilio({ authToken: 'token', url: URL_HERE }),
  other: twilio({ authToken: 'another', url: URL_HERE }),
  genuine: postForm('MessageSid=SM1&MessageStatus=delivered&Body=%C3%A9+%26', {
    'x-twilio-signature': signatureOf(`${URL_HERE}Bodyé &MessageSidSM1MessageStatusdelivered`),
  }),
  body: 'MessageSid=SM1&MessageStatus=delivered&Body=%C3%A9+%26',
  facts: { eventType: 'message.delivered' },
});

const items = `[{"id":"EZ1","type":"com.twilio.x","time":"${ISO}","data":{}}]`;
const digested = `${URL_HERE}&bodySHA256=${createHash('sha256').update(items).digest('hex')}`;

describeOwnAlgorithm('twilio, by JSON', {
  scheme: twilio({ authToken: 'token', url: URL_HERE }),
  other: twilio({ authToken: 'another', url: URL_HERE }),
  genuine: {
    ...postJson(items, { 'x-twilio-signature': signatureOf(digested) }),
    url: digested,
  },
  body: items,
  headers: JSON_TYPE,
  facts: { events: [{ eventId: 'EZ1', eventType: 'com.twilio.x', dataPath: '0.data' }] },
});

describe('twilio', () => {
  it('signs sorted names and different values, with the port or without', async () => {
    const scheme = twilio({ authToken: ['secondary', 'token'], url: HOOK });
    const fields: [string, string][] = [
      ['b', '2'],
      ['a', 'z'],
      ['b', '1'],
      ['b', '2'],
    ];
    const given = (url: string, key?: string): SignedRequest =>
      postForm(fields, { 'x-twilio-signature': signatureOf(`${url}azb1b2`, key) });
    expect(await scheme.verify(given(HOOK), at())).toMatchObject({ keyIndex: 1 });
    expect(await scheme.verify(given('https://example.com:443/t?x=1'), at())).toMatchObject({
      ok: true,
    });
    expect(await scheme.verify(given('http://example.com/t?x=1'), at())).toMatchObject({
      ok: false,
    });
    expect(await scheme.verify(given(HOOK, 'no'), at())).toMatchObject({ ok: false });
  });

  it('REQ-6 refuses a body that nothing binds', async () => {
    const scheme = twilio({ authToken: 'token', url: HOOK });
    const given = postJson({ a: 1 }, { 'x-twilio-signature': signatureOf(HOOK) });
    expect(await scheme.verify(given, at())).toEqual(refused('malformed-signature'));
  });
});
