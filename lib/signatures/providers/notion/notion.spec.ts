import { at, ISO, mac, postJson, THEN } from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
  signedPost,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { SecretStoreInMemory } from '../../../../test/signatures/contract/secret.store.in-memory.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { notion } from './notion.js';

describeSender('notion', {
  create: (secret) => notion({ secret }),
  signature: 'x-notion-signature',
  headers: (body) => ({ 'x-notion-signature': `sha256=${mac('hex', [body])}` }),
  body: { id: 'e1', type: 'page.created', timestamp: ISO, data: {}, entity: { id: 'p1' } },
  facts: { eventId: 'e1', eventType: 'page.created', occurredAt: THEN, dataPath: 'data' },
});

describe('notion', () => {
  const handover = (token: unknown): SignedRequest => postJson({ verification_token: token });
  const body = '{"id":"e1","type":"page.created"}';

  it('keeps the token that comes first, and verifies by it', async () => {
    const secrets = new SecretStoreInMemory();
    const scheme = notion({ secrets });
    expect(await answerTo(scheme, handover('first'))).toMatchObject({ status: 200, body: '' });
    expect(secrets.find(handover('first'))).toBe('first');
    expect(await scheme.verify(signedPost(notion({ secret: 'first' }), body), at())).toMatchObject({
      ok: true,
      eventId: 'e1',
    });
    expect(await answerTo(scheme, handover('second'))).toBeUndefined();
  });

  it('answers a token that is sent again, signed by itself', async () => {
    const scheme = notion({ secrets: new SecretStoreInMemory() });
    await answerTo(scheme, handover('first'));
    const again = signedPost(notion({ secret: 'first' }), '{"verification_token":"first"}');
    expect(await answerTo(scheme, again)).toMatchObject({ status: 200 });
  });

  it.each([undefined, '', '  ', 5, 'a'.repeat(5_000)])('keeps no token like %j', async (token) => {
    const secrets = new SecretStoreInMemory();
    expect(await answerTo(notion({ secrets }), handover(token))).toBeUndefined();
    expect(secrets.find(handover(token))).toBeUndefined();
  });

  it('keeps no token if the secret is constant', async () => {
    expect(await answerTo(notion({ secret: 'first' }), handover('other'))).toBeUndefined();
  });
});

describeHandshake('notion', notion({ secrets: new SecretStoreInMemory() }));
