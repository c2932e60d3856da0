import { at, mac, postForm, SECRET } from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { woocommerce } from './woocommerce.js';

const scheme = woocommerce({ secret: SECRET });

describeSender('woocommerce', {
  create: (secret) => woocommerce({ secret }),
  signature: 'x-wc-webhook-signature',
  headers: (body) => ({ 'x-wc-webhook-signature': mac('base64', [body]) }),
  body: { id: 5 },
  unsigned: { 'x-wc-webhook-topic': 'order.created', 'x-wc-webhook-delivery-id': 'd1' },
  facts: { eventId: 'd1', eventType: 'order.created' },
});

describe('woocommerce', () => {
  it('answers its ping, and does not take it for an event', async () => {
    const ping = postForm('webhook_id=5');
    expect(await answerTo(scheme, ping)).toMatchObject({ status: 200 });
    expect(scheme.verify(ping, at())).toMatchObject({ ok: false });
  });

  it.each(['webhook_id=5&id=6', 'webhook_id=x', 'webhook_id=1&webhook_id=2', 'id=5', ''])(
    'does not take %j for a ping',
    async (body) => {
      expect(await answerTo(scheme, postForm(body))).toBeUndefined();
    },
  );

  it('does not answer a ping that is wrongly signed', async () => {
    const ping = postForm('webhook_id=5', { 'x-wc-webhook-signature': 'wrong' });
    expect(await answerTo(scheme, ping)).toBeUndefined();
  });
});

describeHandshake('woocommerce', scheme);
