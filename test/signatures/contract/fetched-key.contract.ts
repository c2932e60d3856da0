import fc from 'fast-check';
import type { FetchFunction } from '../../../lib/signatures/keys/guarded.fetch.js';
import type { SignatureScheme, SignedRequest } from '../../../lib/signatures/signature-scheme.js';
import { at, post, refused } from './hand-made.js';
import { down, hostOf, network } from './network.js';

/** A sender whose keys are fetched, by names that its requests give. */
export interface FetchedKeyRow {
  readonly create: (fetch: FetchFunction) => SignatureScheme;
  /** What the sender posts, made without the library. */
  readonly genuine: SignedRequest;
  /** The same request, naming another key. */
  readonly naming: (name: string) => SignedRequest;
  /** The answer with which the sender serves its key. */
  readonly answer: () => Response;
  readonly facts: object;
}

const notThere = (): Response => new Response('', { status: 404 });

/** What holds for every sender whose keys are fetched. */
export function describeFetchedKey(name: string, row: FetchedKeyRow): void {
  describe(`${name}, whose keys are fetched`, () => {
    describeFetching(row);
    describeFlood(row);
    describeStrangers(row);
  });
}

function describeFetching({ create, genuine, answer, facts }: FetchedKeyRow): void {
  it('verifies, and REQ-20 fetches a key once', async () => {
    const { fetch, asked } = network(answer);
    const scheme = create(fetch);
    expect(await scheme.verify(genuine, at())).toEqual({ ok: true, keyIndex: 0, ...facts });
    expect(await scheme.verify({ ...genuine }, at())).toMatchObject({ ok: true });
    expect(asked).toHaveLength(1);
  });

  it('REQ-21 says that a key cannot be fetched, and REQ-20 asks again', async () => {
    const { fetch, asked } = network(
      down,
      () => new Response('', { status: 500 }),
      () => new Response('junk'),
      answer,
    );
    const scheme = create(fetch);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await scheme.verify(genuine, at())).toEqual(refused('key-unavailable'));
    }
    expect(await scheme.verify(genuine, at())).toMatchObject({ ok: true });
    expect(asked).toHaveLength(4);
  });

  it('fetches a key again after an hour, whatever others asked for', async () => {
    const { fetch, asked } = network(answer);
    const scheme = create(fetch);
    await scheme.verify(genuine, at());
    await scheme.verify(genuine, at(3_600));
    expect(asked).toHaveLength(2);
  });
}

function describeFlood({ create, naming, answer }: FetchedKeyRow): void {
  it('F-12 REQ-20 takes its own key during a flood of made-up names, also when it is fetched again', async () => {
    const { fetch, asked } = hostOf(answer, notThere);
    const scheme = create(fetch);
    expect(await scheme.verify(naming('own'), at())).toMatchObject({ ok: true });
    let made = 0;
    const flood = async (count: number, second: number): Promise<void> => {
      for (let n = 0; n < count; n += 1)
        await scheme.verify(naming(`made-up-${made++}`), at(second));
    };
    // Within the tolerance, as all of these tokens and messages have the same time.
    for (let second = 0; second <= 240; second += 1) {
      await flood(10, second);
      expect(await scheme.verify(naming('own'), at(second))).toMatchObject({ ok: true });
    }
    expect(asked.filter((name) => name === 'own')).toHaveLength(1);
    expect(asked.length - 1).toBeLessThanOrEqual(5 * 20);
    await flood(100, 3_600);
    await scheme.verify(naming('own'), at(3_600));
    expect(asked.filter((name) => name === 'own')).toHaveLength(2);
  });

  it('F-12 takes its own key by its second delivery when it starts in a flood of made-up names', async () => {
    const { fetch, asked } = hostOf(answer, notThere);
    const scheme = create(fetch);
    let made = 0;
    const flood = async (second: number): Promise<void> => {
      for (let n = 0; n < 1_000; n += 1) {
        await scheme.verify(naming(`made-up-${made++}`), at(second));
      }
    };
    await flood(0);
    expect(await scheme.verify(naming('own'), at(0))).toEqual(refused('key-unavailable'));
    await flood(1);
    expect(await scheme.verify(naming('own'), at(1))).toMatchObject({ ok: true });
    expect(asked).toHaveLength(20 + 1);
  });
}

function describeStrangers({ create, genuine, naming, answer }: FetchedKeyRow): void {
  it('F-12 keeps its own key before keys of others that are there as well', async () => {
    const { fetch, asked } = hostOf(answer, answer);
    const scheme = create(fetch);
    expect(await scheme.verify(naming('own'), at())).toMatchObject({ ok: true });
    for (let n = 0; n < 200; n += 1) {
      const forged = withOtherBody(naming(`others-${n}`));
      expect(await scheme.verify(forged, at(60 * Math.floor(n / 19)))).toEqual(
        refused('signature-mismatch'),
      );
    }
    await scheme.verify(naming('own'), at(700));
    expect(asked.filter((name) => name === 'own')).toHaveLength(1);
    expect(asked).toHaveLength(201);
  });

  it('REQ-5 never throws for junk', async () => {
    const scheme = create(network(answer).fetch);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.uint8Array(), async (value, body) => {
        const names = Object.keys(genuine.headers);
        const headers = Object.fromEntries(names.map((name) => [name, value]));
        expect((await scheme.verify(post(body, headers), at())).ok).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
}

function withOtherBody(given: SignedRequest): SignedRequest {
  const text = Buffer.from(given.body).toString('utf8').replace('hello', 'hullo');
  return { ...given, body: Buffer.from(`${text} `) };
}
