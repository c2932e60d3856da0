import { KEY_UNAVAILABLE, SIGNATURE_MISMATCH } from '../parts/refusals.js';
import type {
  Refused,
  SignatureScheme,
  SignedRequest,
  Verification,
  VerifyContext,
} from '../signature-scheme.js';

/**
 * What a request shows to prove who sent it; read, but not judged yet.
 *
 * @internal
 */
export interface Evidence {
  readonly ok: true;
}

/**
 * The order in which every signed request is verified: signature, time, facts. Subclasses fill in the steps and
 * cannot change the order: the time is judged and the event is read only if the signature is right.
 *
 * @internal
 */
export abstract class SignedRequestScheme<
  Keys extends object,
  Shown extends Evidence,
> implements SignatureScheme {
  constructor(readonly name: string) {}

  verify(request: SignedRequest, { now }: VerifyContext): Verification | Promise<Verification> {
    const evidence = this.read(request);
    if (!evidence.ok) return evidence;
    const keys = this.findKeys(request, evidence, now);
    return keys instanceof Promise
      ? this.judgeLater(request, evidence, keys, now)
      : this.judge(request, evidence, keys, now);
  }

  /** Reads the signature, and everything that is needed to judge it. */
  protected abstract read(request: SignedRequest): Shown | Refused;

  /**
   * Finds the keys that may have signed.
   *
   * @returns `undefined` if they are unavailable; a promise only if they have to be looked up
   */
  protected abstract findKeys(
    request: SignedRequest,
    evidence: Shown,
    now: Date,
  ): Keys | undefined | Promise<Keys | undefined>;

  /** Which key made the signature, compared in constant time; -1 if none did. */
  protected abstract indexOfKey(
    keys: Keys,
    evidence: Shown,
    request: SignedRequest,
    now: Date,
  ): number;

  /** Refuses a request although its signature is right, such as for its time. */
  protected objectionTo(
    _evidence: Shown,
    _request: SignedRequest,
    _now: Date,
  ): Refused | undefined {
    return undefined;
  }

  /**
   * Reads the facts of a request whose signature is right.
   *
   * @param keys for other parts of the request that are signed too
   */
  protected abstract verified(
    request: SignedRequest,
    keyIndex: number,
    evidence: Shown,
    keys: Keys,
  ): Verification;

  /** Judges the evidence by the keys. */
  protected judge(
    request: SignedRequest,
    evidence: Shown,
    keys: Keys | undefined,
    now: Date,
  ): Verification {
    if (keys === undefined) return KEY_UNAVAILABLE;
    const keyIndex = this.indexOfKey(keys, evidence, request, now);
    if (keyIndex < 0) return SIGNATURE_MISMATCH;
    // Only now: a sender who cannot sign must not learn what our clock says.
    return (
      this.objectionTo(evidence, request, now) ?? this.verified(request, keyIndex, evidence, keys)
    );
  }

  // A method of its own: a closure in verify() would cost an allocation for every request.
  private async judgeLater(
    request: SignedRequest,
    evidence: Shown,
    keys: Promise<Keys | undefined>,
    now: Date,
  ): Promise<Verification> {
    return this.judge(request, evidence, await keys, now);
  }
}
