import { secretOf } from '../../../test/signatures/secrets.js';
import { hasSecret, type Provider } from '../../signatures/samples/provider.js';
import { PROVIDERS } from '../../signatures/samples/providers.js';
import { signedSample } from '../../testing/samples.js';
import { signingScheme, signingTime, tampered, type Tampering } from './tampering.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const URL = 'https://example.com/hooks';

const providers = Object.entries<Provider>(PROVIDERS);

/** These show a credential, or nothing. */
const WITHOUT_SIGNATURE = [
  'cloudEvents',
  'dockerHub',
  'gitlab',
  'mailchimp',
  'microsoftGraph',
  'mollieClassic',
  'okta',
  'postmark',
  'telegram',
  'unsigned',
];

/** These sign something other than the body. */
const WITHOUT_BODY = ['jiraConnect', 'mailgun'];

/** Names of the providers whose scheme accepts the changed request. */
async function unnoticed(tampering: Tampering): Promise<string[]> {
  const results = providers.map(async ([name, provider]) => {
    const { account = '', samples } = provider;
    const settings = { secret: secretOf(provider), url: URL, account };
    const signed = signedSample(
      signingScheme(provider, settings, tampering),
      Object.values(samples)[0]!,
      { id: 'evt_1', at: signingTime(NOW, tampering), url: URL, account },
    );
    const request = tampered(signed, provider, tampering);
    const body = Buffer.from(request.body);
    const { ok } = await provider
      .create(settings)
      .verify({ url: URL, ...request, body }, { now: NOW });
    return ok ? [name] : [];
  });
  return (await Promise.all(results)).flat().toSorted();
}

describe(tampered.name, () => {
  it('changes a body so that every scheme that signs it refuses it', async () => {
    expect(await unnoticed('body')).toEqual([...WITHOUT_SIGNATURE, ...WITHOUT_BODY].toSorted());
  });
});

describe(signingScheme.name, () => {
  it('signs so that every scheme with a secret refuses it', async () => {
    const without = providers.filter(([, provider]) => !hasSecret(provider)).map(([name]) => name);
    expect(await unnoticed('signature')).toEqual(without);
  });
});

describe(signingTime.name, () => {
  it('is so long ago that every scheme that signs a time refuses it', async () => {
    const noticing = providers.map(([name]) => name);
    const left = new Set(await unnoticed('timestamp'));
    expect(noticing.filter((name) => !left.has(name))).toEqual([
      'calendly',
      'clerk',
      'contentful',
      'discord',
      'hubspot',
      'jiraConnect',
      'linear',
      'mailgun',
      'paddle',
      'paypal',
      'plaid',
      'resend',
      'sendgrid',
      'slack',
      'sns',
      'standardWebhooks',
      'stripe',
      'svix',
      'zendesk',
      'zoom',
    ]);
  });
});
