import fc from 'fast-check';
import { mac, SECRET } from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
  get,
  jsonOf,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { KeyUnavailableError } from '../../keys/key-unavailable.error.js';
import { x } from './x.js';

const scheme = x({ secret: SECRET });

describeSender('x', {
  create: (secret) => x({ secret }),
  signature: 'x-twitter-webhooks-signature',
  headers: (body) => ({ 'x-twitter-webhooks-signature': `sha256=${mac('base64', [body])}` }),
  body: { for_user_id: '1', tweet_create_events: [{}] },
  facts: { eventType: 'tweet_create_events' },
});

describe('x', () => {
  it('answers the CRC by its HMAC', async () => {
    const token = 'MGJjZGRiNWEtZWI0Ny00YjI2';
    expect(jsonOf(await answerTo(scheme, get(`crc_token=${token}&nonce=1`)))).toEqual({
      response_token: `sha256=${mac('base64', [token])}`,
    });
  });

  it('does not sign the body of an event for whoever asks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.object(), fc.array(fc.jsonValue())), async (payload) => {
        const token = encodeURIComponent(JSON.stringify(payload));
        expect(await answerTo(scheme, get(`crc_token=${token}`))).toBeUndefined();
      }),
      { numRuns: 50 },
    );
    for (const json of ['{"tweet_create_events":[]}', '[]', 'a{"b":1}', 'a&b', '']) {
      const query = `crc_token=${encodeURIComponent(json)}`;
      expect(await answerTo(scheme, get(query))).toBeUndefined();
    }
  });

  it('is unavailable if the secret is', async () => {
    const sealed = x({
      secret: () => Promise.reject(new KeyUnavailableError('The vault is sealed.')),
    });
    expect(await answerTo(sealed, get('crc_token=abc'))).toMatchObject({ status: 503 });
  });
});

describeHandshake('x', scheme);
