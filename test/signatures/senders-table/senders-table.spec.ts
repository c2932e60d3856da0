import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as signatures from '../../../lib/signatures/index.js';
import type { ListedProvider } from '../../../lib/signatures/samples/provider.js';
import { PROVIDERS } from '../../../lib/signatures/samples/providers.js';
import { signedSample } from '../../../lib/testing/samples.js';
import { ROOT } from '../../support/pages.js';
import { at, NOW, URL_HERE } from '../contract/hand-made.js';
import { secretOf } from '../secrets.js';
import { COMMAND, PAGE, rows, withTable } from './senders-table.js';

/** Functions of the entry that do not create a scheme. */
const PARTS: ReadonlySet<string> = new Set([
  'areSameBytes',
  'areSameTexts',
  'echo',
  'emptyAnswer',
  'isChallenge',
  'jsonAnswer',
  'payloadOf',
]);

const PROVIDER_ROWS = Object.entries<ListedProvider>(PROVIDERS);

/** What stands in a cell as code. */
const codesOf = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

describe('The table of senders', () => {
  it(`is what the samples say, or \`${COMMAND}\` writes it`, () => {
    const page = readFileSync(join(ROOT, PAGE), 'utf8');
    const isCurrent = page === withTable(page);
    expect(isCurrent || `run \`${COMMAND}\`, and commit ${PAGE}`).toBe(true);
  });

  it('has a row for every function of the entry that makes a scheme', () => {
    const schemes = Object.entries(signatures).flatMap(([name, value]) =>
      typeof value === 'function' && /^[a-z]/.test(name) && !PARTS.has(name) ? [name] : [],
    );
    expect(rows().map(([name]) => name)).toEqual(schemes.toSorted());
  });

  it.each(rows())('calls %s by its name', (name, { call }) => {
    expect(codesOf(call)[0]).toMatch(new RegExp(`^${name}\\(\\{ .* \\}\\)$`));
  });

  describe.each(PROVIDER_ROWS)('says of %s', (_, provider) => {
    const { account = '', page } = provider;
    const scheme = provider.create({ secret: secretOf(provider), url: URL_HERE, account });
    const [sample] = Object.values(provider.samples);
    const signed = signedSample(scheme, sample!, { id: 'evt_1', at: NOW, url: URL_HERE, account });

    it('where its signature is', () => {
      const places = codesOf(page.signature).map((code) => code.split('.').at(-1)!);
      const isThere = places.some(
        (place) => place.toLowerCase() in signed.headers || signed.body.includes(place),
      );
      expect(isThere || page.signature === 'none ²').toBe(true);
    });

    it('by which methods it checks the URL', () => {
      const methods = codesOf(page.handshake ?? '').filter((code) => /^[A-Z]{3,7}$/.test(code));
      const others = methods.filter((method) => method !== 'POST');
      expect(others).toEqual(scheme.handshakeMethods ?? []);
    });

    it('whether a request holds several events', async () => {
      const result = await scheme.verify(
        { url: URL_HERE, ...signed, body: Buffer.from(signed.body) },
        at(),
      );
      const isBatch = result.ok && result.events !== undefined;
      // Some senders have a batch only in another format than the sample's.
      expect(page.batch ?? 'single').toMatch(isBatch ? /^a batch$/ : /single|may be/);
    });
  });
});
