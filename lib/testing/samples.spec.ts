import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { secretOf } from '../../test/signatures/secrets.js';
import { VARIANTS } from '../../test/signatures/variants.js';
import { Occasion } from '../signatures/samples/occasion.js';
import { hasSecret, type Provider } from '../signatures/samples/provider.js';
import { PROVIDERS } from '../signatures/samples/providers.js';
import { signedSample } from './samples.js';

/** Larger where the signature is in the body, and by RSA. */
const MAX_LENGTH = 1_200;

const NOW = new Date('2026-01-01T12:00:00Z');
const URL = 'https://example.com/webhooks/x';

/** Those that most applications have to do with. */
const BEST_KNOWN = [
  'adyen',
  'clerk',
  'discord',
  'github',
  'gitlab',
  'linear',
  'paddle',
  'paypal',
  'sendgrid',
  'shopify',
  'slack',
  'square',
  'standardWebhooks',
  'stripe',
  'twilio',
] as const satisfies (keyof typeof PROVIDERS)[];

/** These tell no type, or one that is not that of an event. */
const WITHOUT_TYPE = new Set(['dropbox', 'mollieClassic']);

/**
 * These give no id that is the event's, at least not for the first of their types: a digest is taken. What
 * tells one change from the next of the same kind is in the bytes, or stands beside them.
 */
const WITHOUT_ID = {
  adyenPlatform: 'timestamp',
  asana: 'created_at',
  braintree: '<timestamp>',
  calendly: 'created_at',
  discord: 'timestamp',
  dockerHub: 'pushed_at',
  mailchimp: 'fired_at',
  mandrill: 'ts',
  meta: 'time',
  plaid: 'iat of the token',
  postmark: 'BouncedAt',
  x: 'timestamp_ms',
  xero: 'eventDateUtc',
  zoom: 'event_ts',
} as const;

/** What is encoded in the fields of a form. */
const atob64 = (form: string): string =>
  [...new URLSearchParams(form).values()]
    .map((value) => Buffer.from(value, 'base64').toString())
    .join();

const samplesOf = (providers: Readonly<Record<string, Provider>>) =>
  Object.entries(providers).flatMap(([name, provider]) =>
    Object.entries(provider.samples).map(
      ([type, sample]) => [name, type, provider, sample] as const,
    ),
  );

const samples = samplesOf({ ...PROVIDERS, ...VARIANTS });

const signedSamples = samples.filter(([, , provider]) => hasSecret(provider));

/** The schemes by the files that they are in. */
const schemes = readdirSync(resolve(__dirname, '../signatures/providers'), {
  withFileTypes: true,
})
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()));

describe('The samples', () => {
  it('are there for all senders', () => {
    expect(Object.keys(PROVIDERS).toSorted()).toEqual(schemes.toSorted());
  });

  it.each(samples)('of %s, %s, are verified and have their type', async (...args) => {
    const [name, type, provider, sample] = args;
    const { account = '' } = provider;
    const scheme = provider.create({ secret: secretOf(provider), url: URL, account });
    const signed = signedSample(scheme, sample, { id: 'evt_1', at: NOW, url: URL, account });
    const request = { url: URL, ...signed, body: Buffer.from(signed.body) };
    const result = await scheme.verify(request, { now: NOW });
    expect(result).toMatchObject({ ok: true, keyIndex: 0 });
    const [event] = result.ok ? (result.events ?? [result]) : [];
    expect(event?.eventType).toBe(WITHOUT_TYPE.has(name) ? undefined : type);
    expect(signed.body.length).toBeLessThan(MAX_LENGTH);
  });

  it.each(signedSamples)('of %s, %s, are refused where another secret signed', async (...args) => {
    const [, , provider, sample] = args;
    const { account = '' } = provider;
    const [scheme, other] = [0, 1].map((which) =>
      provider.create({ secret: secretOf(provider, which), url: URL, account }),
    );
    const signed = signedSample(other!, sample, { id: 'evt_1', at: NOW, url: URL, account });
    const request = { url: URL, ...signed, body: Buffer.from(signed.body) };
    expect(await scheme!.verify(request, { now: NOW })).toEqual({
      ok: false,
      reason: 'signature-mismatch',
    });
  });

  it('have the id that their sender gives', async () => {
    const all = samplesOf(PROVIDERS);
    const first = all.filter(([name], index) => all[index - 1]?.[0] !== name);
    const ids = first.map(async ([name, , provider, sample]) => {
      const { account = '' } = provider;
      const scheme = provider.create({ secret: secretOf(provider), url: URL, account });
      const signed = signedSample(scheme, sample, { id: 'evt_1', at: NOW, url: URL, account });
      const request = { url: URL, ...signed, body: Buffer.from(signed.body) };
      const result = await scheme.verify(request, { now: NOW });
      const [event] = result.ok ? (result.events ?? [result]) : [];
      return event?.eventId === undefined ? [name] : [];
    });
    expect((await Promise.all(ids)).flat()).toEqual(Object.keys(WITHOUT_ID));
  });

  it.each(Object.entries(WITHOUT_ID))(
    'F-15 of %s, which has no id, are told from the next of their kind by %s, and not from a repeat',
    async (name, where) => {
      const provider: Provider = PROVIDERS[name as keyof typeof PROVIDERS];
      const { account = '' } = provider;
      const [sample] = Object.values(provider.samples);
      const scheme = provider.create({ secret: secretOf(provider), url: URL, account });
      const bytesAt = async (at: Date) => {
        const signed = signedSample(scheme, sample!, { id: 'evt_1', at, url: URL, account });
        const request = { url: URL, ...signed, body: Buffer.from(signed.body) };
        const result = await scheme.verify(request, { now: at });
        expect(result.ok).toBe(true);
        const [event] = result.ok ? (result.events ?? [result]) : [];
        return { body: signed.body.toString(), beside: event?.distinctBy };
      };
      const [first, repeated, next] = [
        await bytesAt(NOW),
        await bytesAt(NOW),
        await bytesAt(new Date(NOW.getTime() + 60_000)),
      ];
      expect(repeated).toEqual(first);
      const isBeside = where === 'iat of the token';
      expect({
        bytes: first.body !== next.body,
        beside: first.beside !== next.beside,
      }).toEqual({ bytes: !isBeside, beside: isBeside });
      const places = [first.body, atob64(first.body), isBeside ? where : ''].join();
      expect(places).toContain(where.replaceAll(/[<>]/g, ''));
    },
  );

  it.each(BEST_KNOWN)('of %s show at least two types', (name) => {
    expect(Object.keys(PROVIDERS[name].samples).length).toBeGreaterThanOrEqual(2);
  });
});

describe(Occasion.name, () => {
  it('has the same UUID and number for the same id, and others for another', () => {
    const [first, again, other] = ['a', 'a', 'b'].map((id) => new Occasion(id, NOW));
    expect(first!.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([again!.uuid, again!.number]).toEqual([first!.uuid, first!.number]);
    expect(other!.uuid).not.toBe(first!.uuid);
    expect(Number.isSafeInteger(other!.number)).toBe(true);
    expect(first!).toMatchObject({
      seconds: 1767268800,
      ms: 1767268800000,
      iso: NOW.toISOString(),
    });
  });
});
