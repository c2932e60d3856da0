import { inspect } from 'node:util';
import type { SignedRequest } from '../../../lib/signatures/signature-scheme.js';
import type { SigningScheme } from '../../../lib/signatures/signing.scheme.js';
import { at, NOW, post, refused, URL_HERE } from './hand-made.js';

/** The id of a sender's request, if a header has it. */
export const MESSAGE_ID = 'message-number-1';

/** A sender that signs something else than the body, or with a key pair. */
export interface OwnAlgorithmRow {
  /** Verifies, and signs. */
  readonly scheme: SigningScheme;
  /** The same sender with another key. */
  readonly other: SigningScheme;
  /** What the sender posts, made without the library. */
  readonly genuine: SignedRequest;
  /** The body for `sign()` that makes a request with the same facts. */
  readonly body: string;
  /** @default none */
  readonly headers?: Record<string, string>;
  readonly facts: object;
}

/** Headers that hold no signature, or that a request may lack. */
const NOT_SIGNATURES = /^content-type$|topic$|identifier$|idempotency/;

/** What holds for every sender with an algorithm of its own. */
export function describeOwnAlgorithm(name: string, row: OwnAlgorithmRow): void {
  const { scheme, other, genuine, facts } = row;

  describe(name, () => {
    it('accepts what the sender posts, and reads its facts', async () => {
      expect(await scheme.verify(genuine, at())).toMatchObject({ ok: true, keyIndex: 0, ...facts });
    });

    it('verifies what it signs, and reads the facts', async () => {
      const signed = signedBy(row);
      expect(await scheme.verify(signed, at())).toMatchObject({ ok: true, keyIndex: 0, ...facts });
    });

    it('refuses what the sender posts if the scheme has another key', async () => {
      expect(await other.verify(genuine, at())).toEqual(refused('signature-mismatch'));
    });

    it.each([
      ['posts', genuine],
      ['signs', signedBy(row)],
    ])(
      'REQ-2 REQ-17 refuses missing, blank and repeated headers of what it %s',
      async (_, good) => {
        for (const [broken, value] of brokenHeaders(good)) {
          const headers = { ...good.headers, [broken]: value };
          expect((await scheme.verify({ ...good, headers }, at())).ok).toBe(false);
        }
      },
    );

    it('REQ-43 does not show its keys', () => {
      const shown = inspect(scheme, { depth: 9, showHidden: true }) + JSON.stringify(scheme);
      expect(shown).not.toMatch(/token'|private'|s{64}|BEGIN|KeyObject|<Buffer/);
    });
  });
}

function signedBy({ scheme, body, headers = {} }: OwnAlgorithmRow): SignedRequest {
  const message = scheme.sign({ body, id: MESSAGE_ID, timestamp: NOW, url: URL_HERE, headers });
  return post(message.body, { ...headers, ...message.headers }, message.url ?? URL_HERE);
}

/** Each header of a signature, with each value that must be refused. */
function brokenHeaders({ headers }: SignedRequest): [string, string | string[] | undefined][] {
  return Object.entries(headers)
    .filter(([name]) => !NOT_SIGNATURES.test(name))
    .flatMap(([name, given]) => {
      const good = String(given);
      const values = [undefined, '', '  ', [good, 'x'], `${good}, ${good}`];
      return values.map((value): [string, string | string[] | undefined] => [name, value]);
    });
}
