import type { Clock } from '../clock/clock.js';
import { describeError } from '../errors/describe-error.js';
import { isError } from '../errors/is-error.js';
import type {
  HandshakeAnswer,
  HandshakeContext,
  SignedRequest,
  Verification,
} from '../signatures/signature-scheme.js';
import type { Occurrences } from '../telemetry/occurrences.js';
import { schemeAnswer, type Answer } from './answer.js';
import type { Refuser } from './refuser.js';
import type { Source } from './source.registry.js';
import { withinTime } from './time-limit.js';

const PROBED = schemeAnswer({ status: 200, headers: {}, body: '' });

/**
 * Answers the handshakes and probes by which senders check a URL before they send events.
 *
 * @internal
 */
export class HandshakeAnswerer {
  /** @param timeoutMs how long a scheme may take for an answer */
  constructor(
    private readonly occurrences: Occurrences,
    private readonly refuser: Refuser,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {}

  /** Answers a request of another method than `POST`: it holds no event, and may be a handshake or a probe. */
  async challenge(source: Source, request: SignedRequest): Promise<Answer> {
    const { name, scheme } = source;
    const { method } = request;
    const methods = [...source.methods];
    const allow = { allow: methods.join(', ') };
    if (!source.methods.has(method)) {
      return this.refuser.refuse(name, 405, `the method is not ${methods.join(' or ')}`, allow);
    }
    if (scheme.handshakeMethods?.includes(method) === true) {
      const handshake = scheme.handshake?.(request, { now: new Date(this.clock.now()) });
      const answered = handshake && (await this.answer(source, handshake));
      if (answered !== undefined) return answered;
    }
    return source.probes.some((probe) => probe === method)
      ? PROBED
      : this.refuser.refuse(name, 405, `the method is ${method}, and it is no handshake`, allow);
  }

  /**
   * Asks the scheme whether a `POST` is a handshake, even if its signature is wrong: some senders probe with a
   * wrong one, others hand over the secret.
   *
   * @returns `undefined` where it is not; without a promise for most schemes, so that events do not wait
   */
  ofPost(
    source: Source,
    request: SignedRequest,
    context: HandshakeContext,
  ): Promise<Answer | undefined> | undefined {
    const handshake = source.scheme.handshake?.(request, context);
    return handshake && this.answer(source, handshake, context.verification);
  }

  /** @returns `undefined` where the scheme finds later that it is no handshake */
  private async answer(
    { name }: Source,
    given: HandshakeAnswer | Promise<HandshakeAnswer | undefined>,
    verification?: Verification,
  ): Promise<Answer | undefined> {
    let settled: HandshakeAnswer | undefined;
    try {
      settled =
        given instanceof Promise ? await withinTime(this.clock, given, this.timeoutMs) : given;
    } catch (error) {
      const reason = `the handshake failed: ${safeReason(error)}`;
      return this.refuser.unavailable(name, reason);
    }
    if (settled === undefined) return undefined;
    const { status } = settled;
    const answered = schemeAnswer(settled, status === 503 ? this.refuser.retryAfter : {});
    if (status >= 400) {
      const reason = verification?.ok === false ? verification.reason : 'the handshake failed';
      this.refuser.note(name, status, reason);
    } else {
      this.occurrences.publish({ kind: 'handshake.answered', source: name, status });
    }
    return answered;
  }
}

/** A database's error may quote the values of its statement, and the host's store of secrets stores a secret. */
function safeReason(error: unknown): string {
  const isOfDatabase =
    isError(error) && ['driverError', 'sqlMessage', 'detail'].some((field) => field in error);
  return isOfDatabase ? `a ${error.constructor.name} was thrown` : describeError(error);
}
