import { generateKeyPairSync, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describeFetchedKey } from '../../../../test/signatures/contract/fetched-key.contract.js';
import { at, NOW, post, refused } from '../../../../test/signatures/contract/hand-made.js';
import { network } from '../../../../test/signatures/contract/network.js';
import { certificateOf } from '../../samples/certificate.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { paypal } from './paypal.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const certificate = (): Response => new Response(certificateOf(rsa.privateKey));

const CERTIFICATES = 'https://api.paypal.com/v1/notifications/certs';

const BODY = '{"id":"WH-1","event_type":"PAYMENT.SALE.COMPLETED","resource":{}}';
const CONTENT = Buffer.from(`t-1|${NOW.toISOString()}|WID|${crc32(Buffer.from(BODY))}`);
const SIGNATURE = sign('sha256', CONTENT, rsa.privateKey).toString('base64');

const signed = (over: Record<string, string> = {}): SignedRequest =>
  post(BODY, {
    'paypal-transmission-id': 't-1',
    'paypal-transmission-time': NOW.toISOString(),
    'paypal-transmission-sig': SIGNATURE,
    'paypal-cert-url': `${CERTIFICATES}/CERT-360caa42-fca2a594`,
    'paypal-auth-algo': 'SHA256withRSA',
    ...over,
  });

describeFetchedKey('paypal', {
  create: (fetch) => paypal({ webhookId: 'WID', fetch }),
  genuine: signed(),
  naming: (name) => signed({ 'paypal-cert-url': `${CERTIFICATES}/${name}` }),
  answer: certificate,
  facts: { eventId: 'WH-1', eventType: 'PAYMENT.SALE.COMPLETED', dataPath: 'resource' },
});

describe('paypal', () => {
  it.each([
    'https://api.paypal.com.evil.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com/other/CERT-1',
    'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
  ])('REQ-15 takes certificates only from its own host and environment, not %s', async (url) => {
    const { fetch, asked } = network(certificate);
    const given = signed({ 'paypal-cert-url': url });
    expect((await paypal({ webhookId: 'WID', fetch }).verify(given, at())).ok).toBe(false);
    expect(asked).toEqual([]);
  });

  it('refuses another algorithm, another webhook and another body', async () => {
    const { fetch } = network(certificate);
    const scheme = paypal({ webhookId: 'WID', fetch });
    expect(await scheme.verify(signed({ 'paypal-auth-algo': 'SHA1withRSA' }), at())).toEqual(
      refused('unsupported-algorithm'),
    );
    expect(await paypal({ webhookId: 'OTHER', fetch }).verify(signed(), at())).toEqual(
      refused('signature-mismatch'),
    );
    expect(await scheme.verify({ ...signed(), body: Buffer.from('{}') }, at())).toEqual(
      refused('signature-mismatch'),
    );
  });
});
