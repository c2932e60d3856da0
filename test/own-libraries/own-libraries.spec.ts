import type { SignatureScheme, SignedRequest } from '../../lib/signatures/signature-scheme.js';
import type { SigningScheme } from '../../lib/signatures/signing.scheme.js';
import {
  header,
  JSON_TYPE,
  jsonBodies,
  NOW,
  URL_HERE,
  withHeader,
  type OwnLibrary,
} from './own-library.js';
import { OWN_LIBRARIES } from './own-libraries.js';

const theirs = async (
  { accepts, secrets }: OwnLibrary,
  request: SignedRequest,
  secret: string = secrets[0],
): Promise<'accepted' | 'refused'> => {
  try {
    return (await accepts(request, secret)) === true ? 'accepted' : 'refused';
  } catch {
    return 'refused';
  }
};

const ours = async (
  { create, secrets }: OwnLibrary,
  request: SignedRequest,
  secret: string = secrets[0],
): Promise<string> => {
  let scheme: SignatureScheme;
  try {
    scheme = create(secret);
  } catch {
    return 'refused when created';
  }
  const verification = await scheme.verify(request, { now: new Date() });
  return verification.ok ? 'accepted' : verification.reason;
};

/** What our scheme returns for a body. */
const signed = (
  { create, secrets, headers = JSON_TYPE }: OwnLibrary,
  body: string,
  at: Date,
): SignedRequest | undefined => {
  const scheme = create(secrets[0]);
  if (!isSigning(scheme)) return undefined;
  const message = scheme.sign({ body, id: 'msg_1', timestamp: at, url: URL_HERE, headers });
  return {
    method: 'POST',
    url: message.url ?? URL_HERE,
    headers: { ...headers, ...message.headers },
    body: message.body,
  };
};

function isSigning(scheme: SignatureScheme): scheme is SigningScheme {
  return 'sign' in scheme;
}

const tampered = ({ tamper }: OwnLibrary, request: SignedRequest): SignedRequest =>
  tamper?.(request) ?? {
    ...request,
    body: Buffer.from(Buffer.from(request.body).toString('utf8').replace('1', '2')),
  };

const broken = (
  { breakSignature, signature = '' }: OwnLibrary,
  request: SignedRequest,
): SignedRequest => {
  if (breakSignature !== undefined) return breakSignature(request);
  const good = header(request, signature);
  const at = good.length - 8;
  return withHeader(
    request,
    signature,
    `${good.slice(0, at)}${good[at] === '0' ? '1' : '0'}${good.slice(at + 1)}`,
  );
};

const without = (request: SignedRequest, name: string): SignedRequest => ({
  ...request,
  headers: Object.fromEntries(Object.entries(request.headers).filter(([key]) => key !== name)),
});

const earlier = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);

/** All but the clock: what waits for a timer goes on. */
const UNFAKED = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

describe.each(OWN_LIBRARIES.map((library) => [library.name, library.way, library] as const))(
  '%s, %s',
  (_, __, library) => {
    const { bodies = jsonBodies, signature, toleranceSeconds } = library;
    const both = async (request: SignedRequest, secret?: string): Promise<unknown> => [
      await theirs(library, request, secret),
      await ours(library, request, secret),
    ];
    const expectRefused = async (request: SignedRequest, secret?: string): Promise<void> => {
      expect(await both(request, secret)).toEqual([
        'refused',
        expect.not.stringMatching('accepted'),
      ]);
    };

    beforeEach(() => {
      jest.useFakeTimers({ now: NOW, doNotFake: [...UNFAKED] });
    });
    afterEach(() => jest.useRealTimers());

    it('accepts what ours signs', async () => {
      const requests = (library.contents ?? bodies(NOW)).map((body) => signed(library, body, NOW));
      for (const request of requests.filter((it) => it !== undefined)) {
        expect(await both(request)).toEqual(['accepted', 'accepted']);
      }
      // Two senders sign with private keys that we do not have, so we sign nothing for them.
      expect(requests.includes(undefined)).toBe(['jose', 'sns-validator'].includes(library.name));
    });

    it('signs what ours accepts', async () => {
      expect(bodies(NOW).length).toBeGreaterThan(0);
      for (const body of bodies(NOW)) {
        const request = await library.send(Buffer.from(body), library.secrets[0], NOW);
        expect(await both(request)).toEqual(['accepted', 'accepted']);
      }
    });

    it('refuses, as ours does, what was changed on its way, and another secret', async () => {
      for (const body of bodies(NOW)) {
        const request = await library.send(Buffer.from(body), library.secrets[0], NOW);
        await expectRefused(tampered(library, request));
        await expectRefused(broken(library, request));
        await expectRefused(request, library.secrets[1]);
        if (signature === undefined) continue;
        await expectRefused(without(request, signature));
        await expectRefused(withHeader(request, signature, ''));
      }
    });

    if (toleranceSeconds !== undefined) {
      it('accepts, as ours does, what is just not too old, and nothing older', async () => {
        const at = async (then: Date): Promise<unknown> =>
          both(await library.send(Buffer.from(bodies(then)[0] ?? ''), library.secrets[0], then));
        expect(await at(earlier(toleranceSeconds - 1))).toEqual(['accepted', 'accepted']);
        expect(await at(earlier(toleranceSeconds + 1))).toEqual(['refused', 'timestamp-too-old']);
      });
    }

    if (library.differences.length > 0) {
      it.each(library.differences.map((it) => [it.given, it.theirs, it.ours, it.why, it] as const))(
        'differs on purpose in %s: %s by theirs, %s by ours, as %s',
        async (____, expectedOfTheirs, expectedOfOurs, ___, { make, secret }) => {
          const request = await make(library);
          expect(await both(request, secret)).toEqual([expectedOfTheirs, expectedOfOurs]);
        },
      );
    }
  },
);
