import type { SignedRequest, Verification, VerifyContext } from '../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../signing.scheme.js';

/**
 * Two ways in which one sender signs, side by side in one header. Either is enough.
 *
 * @internal
 */
export class EitherScheme implements SigningScheme {
  readonly name: string;

  /**
   * @param header with the entries of both, separated by a space
   * @param signsBoth whether both can sign; if not, only the first signs
   */
  constructor(
    private readonly first: SigningScheme,
    private readonly second: SigningScheme,
    private readonly header: string,
    private readonly signsBoth: boolean,
  ) {
    this.name = first.name;
  }

  verify(request: SignedRequest, context: VerifyContext): Verification | Promise<Verification> {
    const second = this.second.verify(request, context);
    if (second instanceof Promise) return second.then((it) => this.complete(it, request, context));
    return this.complete(second, request, context);
  }

  sign(input: SignInput): SignedMessage {
    // One instant for both.
    const attempt = { ...input, timestamp: input.timestamp ?? new Date() };
    const first = this.first.sign(attempt);
    if (!this.signsBoth) return first;
    const second = this.second.sign(attempt);
    const entries = [first, second].map(({ headers }) => headers[this.header]).join(' ');
    return { ...second, headers: { ...second.headers, [this.header]: entries } };
  }

  /** Of two refusals, the one of the way that the sender used says more. */
  private complete(
    second: Verification,
    request: SignedRequest,
    context: VerifyContext,
  ): Verification | Promise<Verification> {
    if (second.ok) return second;
    const first = this.first.verify(request, context);
    const choose = (it: Verification): Verification =>
      !it.ok && it.reason === 'unsupported-algorithm' ? second : it;
    return first instanceof Promise ? first.then(choose) : choose(first);
  }
}
