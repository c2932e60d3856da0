import { AT, refused, request } from '../../../test/signatures/signed-requests.js';
import { KEY_UNAVAILABLE, MISSING_SIGNATURE, TIMESTAMP_TOO_OLD } from '../parts/refusals.js';
import type { Refused, SignedRequest, Verification } from '../signature-scheme.js';
import { SignedRequestScheme, type Evidence } from './signed-request.scheme.js';

interface Shown extends Evidence {
  readonly signature: string;
}

/** Says which steps were taken, and is wrong where it is told to be. */
class TellingScheme extends SignedRequestScheme<readonly string[], Shown> {
  readonly steps: string[] = [];
  unproven: Refused | undefined;
  keys: readonly string[] | undefined | Promise<readonly string[] | undefined> = ['a', 'b'];
  objection: Refused | undefined;

  constructor() {
    super('telling');
  }

  protected read({ headers }: SignedRequest): Shown | Refused {
    this.steps.push('read');
    return this.unproven ?? { ok: true, signature: String(headers['signature']) };
  }

  protected findKeys(): typeof this.keys {
    this.steps.push('find keys');
    return this.keys;
  }

  protected indexOfKey(keys: readonly string[], { signature }: Shown): number {
    this.steps.push('compare');
    return keys.indexOf(signature);
  }

  protected override objectionTo(): Refused | undefined {
    this.steps.push('judge time');
    return this.objection;
  }

  protected verified(_request: SignedRequest, keyIndex: number): Verification {
    this.steps.push('read facts');
    return { ok: true, keyIndex, eventId: 'e1' };
  }
}

const signedBy = (signature: string): SignedRequest => request('{}', { signature });

describe(SignedRequestScheme.name, () => {
  let scheme: TellingScheme;

  beforeEach(() => {
    scheme = new TellingScheme();
  });

  it('reads the facts last, and answers at once where the keys are known', () => {
    expect(scheme.verify(signedBy('b'), AT)).toEqual({ ok: true, keyIndex: 1, eventId: 'e1' });
    expect(scheme.steps).toEqual(['read', 'find keys', 'compare', 'judge time', 'read facts']);
  });

  it('looks up no key for a request that shows nothing', () => {
    scheme.unproven = MISSING_SIGNATURE;
    expect(scheme.verify(signedBy('a'), AT)).toEqual(refused('missing-signature'));
    expect(scheme.steps).toEqual(['read']);
  });

  it('REQ-11 does not tell a sender who cannot sign what is wrong with the time', () => {
    scheme.objection = TIMESTAMP_TOO_OLD;
    expect(scheme.verify(signedBy('c'), AT)).toEqual(refused('signature-mismatch'));
    expect(scheme.steps).not.toContain('judge time');
    expect(scheme.verify(signedBy('a'), AT)).toEqual(refused('timestamp-too-old'));
    expect(scheme.steps).not.toContain('read facts');
  });

  it.each([
    ['at once', undefined],
    ['later', Promise.resolve(undefined)],
  ])('refuses as long as there are no keys, known %s', async (_, keys) => {
    scheme.keys = keys;
    expect(await scheme.verify(signedBy('a'), AT)).toEqual(KEY_UNAVAILABLE);
    expect(scheme.steps).not.toContain('compare');
  });

  it('gives a promise where keys have to be looked up, with the same answer', async () => {
    scheme.keys = Promise.resolve(['c']);
    const verification = scheme.verify(signedBy('c'), AT);
    expect(verification).toBeInstanceOf(Promise);
    expect(await verification).toMatchObject({ ok: true, keyIndex: 0 });
  });
});
