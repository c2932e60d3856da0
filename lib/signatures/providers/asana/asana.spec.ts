import {
  at,
  ISO,
  mac,
  postJson,
  refused,
  SECRET,
  THEN,
} from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
  signedPost,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { SecretStoreInMemory } from '../../../../test/signatures/contract/secret.store.in-memory.js';
import { factsOf } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { asana } from './asana.js';

describeSender('asana', {
  create: (secret) => asana({ secret }),
  signature: 'x-hook-signature',
  headers: (body) => ({ 'x-hook-signature': mac('hex', [body]) }),
  body: {
    events: [{ action: 'changed', created_at: ISO, resource: { gid: '1', resource_type: 'task' } }],
  },
  facts: {
    events: [{ eventType: 'task.changed', occurredAt: THEN, dataPath: 'events.0' }],
  },
});

describe('asana', () => {
  const handover = (secret: string): SignedRequest => postJson({}, { 'x-hook-secret': secret });
  const body = '{"events":[]}';

  it('reads a body without events as an empty batch', () => {
    expect(factsOf(asana({ secret: SECRET }), body)).toEqual({ ok: true, keyIndex: 0, events: [] });
  });

  it('keeps the secret that comes first, sends it back, and verifies by it', async () => {
    const scheme = asana({ secrets: new SecretStoreInMemory() });
    const event = signedPost(asana({ secret: 'first' }), body);
    expect(await scheme.verify(event, at())).toEqual(refused('key-unavailable'));
    expect(await answerTo(scheme, handover('first'))).toEqual({
      status: 200,
      headers: { 'x-hook-secret': 'first' },
      body: '',
    });
    expect(await scheme.verify(event, at())).toMatchObject({ ok: true });
    expect(await answerTo(scheme, event)).toBeUndefined();
  });

  it('takes no other secret after it, and the same one again', async () => {
    const scheme = asana({ secrets: new SecretStoreInMemory() });
    await answerTo(scheme, handover('first'));
    expect(await answerTo(scheme, handover('second'))).toBeUndefined();
    expect(await answerTo(scheme, handover('first'))).toMatchObject({ status: 200 });
    const forged = signedPost(asana({ secret: 'second' }), body);
    expect(await scheme.verify(forged, at())).toMatchObject({ ok: false });
  });

  it('sends nothing back if the secret is constant or the header is blank', async () => {
    expect(await answerTo(asana({ secret: 'first' }), handover('other'))).toBeUndefined();
    const scheme = asana({ secrets: new SecretStoreInMemory() });
    expect(await answerTo(scheme, handover('  '))).toBeUndefined();
  });
});

describeHandshake('asana', asana({ secrets: new SecretStoreInMemory() }));
