import { discord } from '../signatures/providers/discord/discord.js';
import { paddleClassic } from '../signatures/providers/paddle-classic/paddle-classic.js';
import { paypal } from '../signatures/providers/paypal/paypal.js';
import { plaid } from '../signatures/providers/plaid/plaid.js';
import { sendgrid } from '../signatures/providers/sendgrid/sendgrid.js';
import { sns } from '../signatures/providers/sns/sns.js';
import { standardWebhooks } from '../signatures/providers/standard-webhooks/standard-webhooks.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';
import { sampleEvents, sampleRequest, samplePayload } from './samples.js';
import { senderKeys, type KeyedProviderName } from './sender-keys.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const URL = 'https://example.com/hooks';

/** The scheme as an application's test makes it, and the half of the key that signs. */
const SENDERS: Record<KeyedProviderName, () => { scheme: SignatureScheme; secret: string }> = {
  discord: () => {
    const { options, secret } = senderKeys('discord');
    return { scheme: discord(options), secret };
  },
  paddleClassic: () => {
    const { options, secret } = senderKeys('paddleClassic');
    return { scheme: paddleClassic(options), secret };
  },
  paypal: () => {
    const { options, secret } = senderKeys('paypal');
    return { scheme: paypal(options), secret };
  },
  plaid: () => {
    const { options, secret } = senderKeys('plaid');
    return { scheme: plaid(options), secret };
  },
  sendgrid: () => {
    const { options, secret } = senderKeys('sendgrid');
    return { scheme: sendgrid(options), secret };
  },
  sns: () => {
    const { options, secret } = senderKeys('sns');
    return { scheme: sns(options), secret };
  },
  standardWebhooks: () => {
    const { options, secret } = senderKeys('standardWebhooks');
    return { scheme: standardWebhooks(options), secret };
  },
};

const NAMES = Object.keys(SENDERS) as KeyedProviderName[];

const sampleOf = (name: KeyedProviderName, secret: string) => {
  const [type] = sampleEvents(name);
  const signed = sampleRequest(name, type!, { secret, url: URL, id: 'evt_1', at: NOW });
  return { url: URL, ...signed, body: Buffer.from(signed.body) };
};

describe(senderKeys.name, () => {
  it.each(NAMES)('gives %s a scheme that takes what the other half signs', async (name) => {
    const { scheme, secret } = SENDERS[name]();
    const result = await scheme.verify(sampleOf(name, secret), { now: NOW });
    expect(result).toMatchObject({ ok: true });
  });

  it.each(NAMES)('gives %s a scheme that refuses another key', async (name) => {
    const [{ scheme }, { secret }] = [SENDERS[name](), SENDERS[name]()];
    const result = await scheme.verify(sampleOf(name, secret), { now: NOW });
    expect(result).toEqual({ ok: false, reason: 'signature-mismatch' });
  });

  it('lets the payload and the account be those of the test', async () => {
    const { options, secret } = senderKeys('sns');
    const account = 'arn:aws:sns:eu-west-1:210987654321:own';
    const payload = samplePayload('sns', 'Notification', { at: NOW, account });
    payload.Message = 'changed';
    const signed = sampleRequest('sns', 'Notification', { secret, at: NOW, account, payload });
    expect(JSON.parse(signed.body)).toMatchObject({ Message: 'changed', TopicArn: account });
    const request = { url: URL, ...signed, body: Buffer.from(signed.body) };
    const own = sns({ topicArn: account, fetch: options.fetch });
    expect(await own.verify(request, { now: NOW })).toMatchObject({ ok: true });
    expect(await sns(options).verify(request, { now: NOW })).toMatchObject({ ok: false });
  });

  it('confirms the subscription of a topic without a network', async () => {
    const { scheme, secret } = SENDERS.sns();
    const signed = sampleRequest('sns', 'SubscriptionConfirmation', { secret, at: NOW });
    const request = { url: URL, ...signed, body: Buffer.from(signed.body) };
    expect(await scheme.handshake!(request, { now: NOW })).toMatchObject({ status: 200 });
  });

  it.each(['sns', 'paypal', 'plaid'] as const)(
    'is needed to sign as %s: a text that is not a private key does not',
    (name) => {
      const [type] = sampleEvents(name);
      expect(() => sampleRequest(name, type!, { secret: 'text' })).toThrow(/private key/);
    },
  );
});
