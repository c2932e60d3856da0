import fc from 'fast-check';
import type {
  HandshakeAnswer,
  SignatureScheme,
  SignedRequest,
} from '../../../lib/signatures/signature-scheme.js';
import type { SigningScheme } from '../../../lib/signatures/signing.scheme.js';
import { at, NOW, postJson, request } from './hand-made.js';

/** The scheme's answer to a request that was not verified before. */
export const answerTo = async (
  scheme: SignatureScheme,
  given: SignedRequest,
): Promise<HandshakeAnswer | undefined> => scheme.handshake?.(given, at());

export const jsonOf = (answer: HandshakeAnswer | undefined): unknown =>
  JSON.parse(String(answer?.body));

/** A `GET` with a query. */
export const get = (query: string, headers = {}): SignedRequest =>
  request('GET', { url: `https://example.com/webhooks/shop?${query}`, headers });

/** A `POST` that the scheme has signed itself. */
export const signedPost = (scheme: SigningScheme, body: string, headers = {}): SignedRequest =>
  postJson(body, { ...scheme.sign({ body, timestamp: NOW }).headers, ...headers });

/** Headers by which senders send a challenge or a secret. */
const NAMES = ['x-hook-secret', 'x-okta-verification-challenge', 'webhook-request-origin'];

/** What holds for every sender that checks or sets up a URL by a handshake. */
export function describeHandshake(name: string, scheme: SignatureScheme): void {
  describe(`${name}, which checks the URL`, () => {
    it('does not throw for junk', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'),
          fc.string(),
          fc.oneof(fc.json(), fc.string({ unit: 'binary' })),
          fc.constantFrom(...NAMES),
          async (method, query, body, header) => {
            const given = request(method, {
              url: `/webhooks/shop?${query}`,
              body: Buffer.from(body),
              headers: { [header]: [query, query] },
            });
            expect([undefined, 200, 401, 403]).toContain((await answerTo(scheme, given))?.status);
          },
        ),
        { numRuns: 50 },
      );
    });
  });
}
