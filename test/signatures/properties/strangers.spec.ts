import fc from 'fast-check';
import type { Provider } from '../../../lib/signatures/samples/provider.js';
import { PROVIDERS } from '../../../lib/signatures/samples/providers.js';
import { asana } from '../../../lib/signatures/providers/asana/asana.js';
import { cloudEvents } from '../../../lib/signatures/providers/cloud-events/cloud-events.js';
import { notion } from '../../../lib/signatures/providers/notion/notion.js';
import type { SecretStore } from '../../../lib/signatures/keys/secret.store.js';
import { withSigning } from '../../../lib/signatures/samples/with-signing.js';
import { withoutSignature } from '../../../lib/signatures/samples/without-signature.js';
import type {
  HandshakeAnswer,
  RefusalReason,
  SignedRequest,
  Verification,
} from '../../../lib/signatures/signature-scheme.js';
import type { SigningScheme } from '../../../lib/signatures/signing.scheme.js';
import { VARIANTS } from '../variants.js';
import { changed, changes } from './mutations.js';
import { Sender } from './sender.js';
import { NOW } from './subject.js';
import { SUBJECTS } from './subjects.js';

/** Number of cases in all; `npm run test:fuzz` sets a higher one. */
const CASES = (globalThis as { fuzzCases?: number }).fuzzCases ?? 5_000;

/** Those that have more handshakes with other options. */
const HANDSHAKES: Readonly<Record<string, Provider>> = {
  'asana, which hands a secret over': {
    ...PROVIDERS.asana,
    create: ({ secret }) => withSigning(asana({ secrets: storeOf(secret) }), signOf(asana, secret)),
  },
  'notion, which hands a secret over': {
    ...PROVIDERS.notion,
    create: ({ secret }) =>
      withSigning(notion({ secrets: storeOf(secret) }), signOf(notion, secret)),
  },
  'cloudEvents, unsigned, which asks': {
    ...PROVIDERS.cloudEvents,
    create: () => withoutSignature(cloudEvents({ unsigned: true, allowedOrigins: ['*'] })),
  },
};

function storeOf(secret: string): SecretStore {
  return { find: () => secret, keepFirst: (_, given) => given === secret };
}

function signOf(
  create: (options: { secret: string }) => SigningScheme,
  secret: string,
): SigningScheme['sign'] {
  const scheme = create({ secret });
  return (input) => scheme.sign(input);
}

const SENDERS = Object.entries<Provider>({ ...PROVIDERS, ...VARIANTS, ...HANDSHAKES });
const RUNS = Math.ceil(CASES / SENDERS.length / 2);

const REASONS: Readonly<Record<RefusalReason, true>> = {
  'missing-signature': true,
  'malformed-signature': true,
  'signature-mismatch': true,
  'timestamp-missing': true,
  'timestamp-too-old': true,
  'timestamp-too-new': true,
  'unsupported-algorithm': true,
  'key-unavailable': true,
  'too-many-events': true,
};

function expectVerification(verification: Verification): void {
  if (verification.ok) {
    expect(verification.keyIndex).toBeGreaterThanOrEqual(0);
    return;
  }
  expect(verification).toEqual({ ok: false, reason: expect.any(String) });
  expect(REASONS).toHaveProperty([verification.reason], true);
}

function expectAnswer(answer: HandshakeAnswer | undefined): void {
  if (answer === undefined) return;
  expect(answer).toMatchObject({ status: expect.any(Number), headers: expect.any(Object) });
  // Node.js throws for others.
  for (const value of Object.values(answer.headers))
    expect(value).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
}

async function expectJudged(scheme: SigningScheme, request: SignedRequest): Promise<Verification> {
  const verification = await scheme.verify(request, { now: NOW });
  expectVerification(verification);
  const given = request.method === 'POST' ? { now: NOW, verification } : { now: NOW };
  expectAnswer(await scheme.handshake?.(request, given));
  return verification;
}

/** Those of whose bodies each byte is signed. */
const SIGN_BYTES: ReadonlySet<string> = new Set(
  SUBJECTS.filter(({ covers = 'bytes' }) => covers === 'bytes').map(({ name }) => name),
);

const hexOf = ({ body }: SignedRequest): string => Buffer.from(body).toString('hex');

describe.each(SENDERS)('%s', (name, provider) => {
  const sender = new Sender(provider);
  const { scheme, requests } = sender;

  it('F-10 judges whatever a stranger sends, and never throws', async () => {
    const signed = new Set(sender.signed.map(hexOf));
    const property = fc.asyncProperty(fc.nat(), changes, async (which, all) => {
      const request = changed(requests[which % requests.length]!, all);
      const { ok } = await expectJudged(scheme, request);
      expect(!ok || !SIGN_BYTES.has(name) || signed.has(hexOf(request))).toBe(true);
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  it('F-10 judges whatever is signed, and never throws', async () => {
    const property = fc.asyncProperty(fc.nat(), changes, async (which, all) => {
      const request = changed(requests[which % requests.length]!, all);
      await expectJudged(scheme, sender.sign(request) ?? request);
    });
    await fc.assert(property, { numRuns: RUNS });
  });
});
