import fc from 'fast-check';
import { ConfigurationError } from '../../../lib/errors/configuration.error.js';
import type {
  RefusalReason,
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../../../lib/signatures/signature-scheme.js';
import type { SigningScheme } from '../../../lib/signatures/signing.scheme.js';
import { ID, NOW, URL_HERE, type Subject } from './subject.js';
import { SUBJECTS } from './subjects.js';

/** Number of cases in all; `npm run test:fuzz` sets a higher one. */
const CASES = (globalThis as { fuzzCases?: number }).fuzzCases ?? 5_000;

const coversBody = ({ covers }: Subject): boolean => covers !== 'nothing';
const sharesSecret = ({ asymmetric = false }: Subject): boolean => !asymmetric;
const hasHeaders = ({ inBody = false }: Subject): boolean => !inBody;

const PROPERTIES =
  SUBJECTS.length * 2 +
  [coversBody, sharesSecret, hasHeaders].reduce(
    (sum, filter) => sum + SUBJECTS.filter(filter).length,
    0,
  );
const RUNS = Math.ceil(CASES / PROPERTIES);

const REASONS: readonly RefusalReason[] = [
  'missing-signature',
  'malformed-signature',
  'signature-mismatch',
  'timestamp-missing',
  'timestamp-too-old',
  'timestamp-too-new',
  'unsupported-algorithm',
  'key-unavailable',
];

let cases = 0;

/** Checks a property for as many cases as each has; the seed of a failure is printed. */
const check = async <Values extends [unknown, ...unknown[]]>(
  arbitrary: fc.Arbitrary<Values>,
  predicate: (...values: Values) => Promise<void>,
): Promise<void> => {
  const property = fc.asyncProperty(arbitrary, async (values) => {
    await predicate(...values);
    cases += 1;
  });
  await fc.assert(property, { numRuns: RUNS });
};

/** Valid text, as JSON and forms hold no other; with all that is used to go wrong. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    '\ufeff',
    '\u2028',
    '\0',
    "$& $$ $` $'",
    '{body}{id}',
    'a&b=c+d%20',
    '\r\n',
    '😀',
  ),
);

const signed = (subject: Subject, scheme: SigningScheme, content: string): SignedRequest => {
  const { headers = {} } = subject;
  const body = subject.body(content);
  const message = scheme.sign({ body, id: ID, timestamp: NOW, url: URL_HERE, headers });
  return {
    method: 'POST',
    url: message.url ?? URL_HERE,
    headers: { ...headers, ...message.headers },
    body: message.body,
  };
};

const verify = async (scheme: SignatureScheme, request: SignedRequest): Promise<Verification> =>
  scheme.verify(request, { now: NOW });

/** Bytes with one bit changed, in a part of them. */
const flipped = (
  bytes: Uint8Array,
  position: number,
  { start, length } = { start: 0, length: bytes.length },
): Buffer => {
  const changed = Buffer.from(bytes);
  const bit = position % (length * 8);
  changed[start + (bit >> 3)]! ^= 1 << (bit & 7);
  return changed;
};

/** Where in a body the signed part is. */
const signedPart = ({ covers }: Subject, body: Uint8Array): { start: number; length: number } => {
  if (!(covers instanceof RegExp)) return { start: 0, length: body.length };
  const found = covers.exec(Buffer.from(body).toString('latin1'));
  return { start: found?.index ?? 0, length: found?.[0].length ?? 0 };
};

/** What a header may bring has one byte a character. */
const flippedText = (given: string, position: number): string =>
  flipped(Buffer.from(given, 'latin1'), position).toString('latin1');

const expectRefused = (verification: Verification): void => {
  expect(verification).toEqual({ ok: false, reason: expect.any(String) });
  expect(REASONS).toContain(verification.ok ? undefined : verification.reason);
};

/** Signed headers without which a request is refused; the others are there for readers. */
const neededHeaders = async (
  scheme: SignatureScheme,
  request: SignedRequest,
  subject: Subject,
): Promise<string[]> => {
  const needed: string[] = [];
  for (const name of Object.keys(request.headers)) {
    // Says how to read the body.
    if (name === 'content-type' && subject.covers !== undefined) continue;
    if (subject.unsigned?.includes(name) === true) continue;
    const headers = { ...request.headers, [name]: undefined };
    if (!(await verify(scheme, { ...request, headers })).ok) needed.push(name);
  }
  return needed;
};

const sameForm = (one: Uint8Array, other: Uint8Array): boolean => {
  const fieldsOf = (body: Uint8Array): string =>
    JSON.stringify([...new URLSearchParams(Buffer.from(body).toString('utf8'))].toSorted());
  return fieldsOf(one) === fieldsOf(other);
};

/** The same scheme with another secret, unless that can be none. */
const tryCreate = ({ create }: Subject, secret: string): SigningScheme | undefined => {
  try {
    return create(secret);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
};

const named = (subjects: readonly Subject[]) =>
  subjects.map((subject) => [subject.name, subject] as const);

describe.each(named(SUBJECTS.filter(coversBody)))('%s', (_, subject) => {
  const scheme = subject.create(subject.secret);

  it('refuses a body with any single bit changed, as far as it is signed', async () => {
    await check(fc.tuple(text, fc.nat()), async (content, position) => {
      const request = signed(subject, scheme, content);
      const body = flipped(request.body, position, signedPart(subject, request.body));
      // Forms are signed by what they say: another spelling of an escape is the same form.
      fc.pre(subject.covers !== 'fields' || !sameForm(request.body, body));
      expectRefused(await verify(scheme, { ...request, body }));
    });
  });
});

describe.each(named(SUBJECTS.filter(sharesSecret)))('%s', (_, subject) => {
  const scheme = subject.create(subject.secret);

  it('refuses under a secret with any single bit changed', async () => {
    await check(fc.tuple(text, fc.nat()), async (content, position) => {
      const secret = flippedText(subject.secret, position);
      fc.pre(subject.sameSecret?.(secret, subject.secret) !== true);
      const other = tryCreate(subject, secret);
      fc.pre(other !== undefined);
      expectRefused(await verify(other, signed(subject, scheme, content)));
    });
  });
});

describe.each(named(SUBJECTS.filter(hasHeaders)))('%s', (_, subject) => {
  const scheme = subject.create(subject.secret);

  it('refuses needed headers with any single bit changed', async () => {
    const example = signed(subject, scheme, '');
    const needed = await neededHeaders(scheme, example, subject);
    await check(fc.tuple(text, fc.nat(), fc.nat()), async (content, which, position) => {
      const name = needed[which % needed.length] ?? '';
      const request = signed(subject, scheme, content);
      const good = String(request.headers[name]);
      const bad = flippedText(good, position);
      // The name of an HTTP authentication scheme has no case.
      const scheming = /^(?:JWT|Bearer) /i;
      fc.pre(!scheming.test(bad) || bad.replace(scheming, '') !== good.replace(scheming, ''));
      expectRefused(
        await verify(scheme, { ...request, headers: { ...request.headers, [name]: bad } }),
      );
    });
  });
});

describe.each(named(SUBJECTS))('%s', (_, subject) => {
  const scheme = subject.create(subject.secret);

  it('verifies what it signs', async () => {
    await check(fc.tuple(text), async (content) => {
      expect(await verify(scheme, signed(subject, scheme, content))).toMatchObject({ ok: true });
    });
  });

  it('never throws for junk, and gives a reason', async () => {
    const names = Object.keys(signed(subject, scheme, '').headers);
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 80 }),
      fc.constantFrom('', ' ', 'a'.repeat(10_000), 'é'.repeat(64), `${'0'.repeat(64)}`),
      fc.array(fc.string(), { maxLength: 3 }),
      fc.constant(undefined),
    );
    const body = fc.oneof(
      fc.uint8Array(),
      fc.json().map((it) => Buffer.from(it)),
    );
    const { length } = names;
    await check(
      fc.tuple(
        fc.array(value, { minLength: length, maxLength: length }),
        body,
        fc.string(),
        fc.boolean(),
      ),
      async (values, bytes, query, typed) => {
        const headers = Object.fromEntries(names.map((name, index) => [name, values[index]]));
        const request: SignedRequest = {
          method: 'POST',
          url: `/hooks/shop?${query}`,
          headers: { ...headers, ...(typed && subject.headers) },
          body: bytes,
        };
        expectRefused(await verify(scheme, request));
      },
    );
  });
});

describe('The properties', () => {
  it('were checked in all of the cases', () => {
    expect(cases).toBeGreaterThanOrEqual(CASES);
  });
});
