import { headerValue } from '../parts/header-name.js';
import { KeyUnavailableError } from '../keys/key-unavailable.error.js';
import { payloadOf } from '../parts/request-payload.js';
import type {
  HandshakeAnswer,
  HandshakeContext,
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../signature-scheme.js';

/**
 * A request that may be a handshake.
 *
 * @publicApi
 */
export interface Challenge {
  readonly request: SignedRequest;
  /** What `verify` returned; `undefined` for another method than `POST`, which is not verified. */
  readonly verification: Verification | undefined;
  /** The parameters of its URL. */
  readonly query: URLSearchParams;
  /**
   * Its parsed body; `undefined` if it cannot be parsed, or if it is longer than 16 KiB and nothing proves
   * who sent it. No handshake is that long.
   */
  readonly payload: unknown;
  /** The value of a header that stands there once. */
  readonly header: (name: string) => string | undefined;
  /**
   * The HMAC of a text or bytes under the first secret, for senders that want one back.
   *
   * @throws {WebhookError} when the secret is unavailable; the handshake is then answered 503
   */
  readonly digest: (content: string | Uint8Array) => Promise<Buffer>;
}

/**
 * The answer to a challenge; `undefined` for a request that is not one.
 *
 * @publicApi
 */
export type ChallengeAnswer = HandshakeAnswer | undefined | Promise<HandshakeAnswer | undefined>;

/**
 * How a sender's handshakes are answered. A function returns `undefined` for a request that is not a
 * handshake: it is then an event, or is refused.
 *
 * @publicApi
 */
export interface HandshakeOptions {
  /** Methods of handshakes besides `POST`. @default none */
  readonly methods?: readonly ('GET' | 'HEAD' | 'OPTIONS')[];
  /** Answers a `POST` whose signature is right. */
  readonly signed?: (challenge: Challenge) => ChallengeAnswer;
  /**
   * Answers a request that proves nothing: one of another method, or a `POST` that was refused. The answer may
   * say only what everyone may know.
   */
  readonly unsigned?: (challenge: Challenge) => ChallengeAnswer;
}

/**
 * How a scheme computes an HMAC under its first secret.
 *
 * @publicApi
 */
export type Digest = (content: string | Uint8Array, request: SignedRequest) => Promise<Buffer>;

/**
 * Answers the handshakes of a scheme. A scheme of your own can use it.
 *
 * @example
 * ```ts
 * class ChatScheme implements SignatureScheme {
 *   readonly name = 'chat';
 *   readonly handshakeMethods = ['GET'];
 *   readonly #handshake = new Handshake(
 *     { methods: ['GET'], unsigned: ({ query }) => echo(query.get('challenge')) },
 *     (request, context) => this.verify(request, context),
 *   );
 *   verify(request: SignedRequest, context: VerifyContext): Verification {
 *     return { ok: false, reason: 'missing-signature' };
 *   }
 *   handshake(request: SignedRequest, context: HandshakeContext) {
 *     return this.#handshake.answer(request, context);
 *   }
 * }
 * ```
 * @publicApi
 */
export class Handshake {
  /** For the scheme's `handshakeMethods`. */
  readonly methods: readonly string[];
  readonly #options: HandshakeOptions;
  readonly #verify: SignatureScheme['verify'];
  readonly #digest: Digest | undefined;

  constructor(options: HandshakeOptions, verify: SignatureScheme['verify'], digest?: Digest) {
    this.methods = options.methods ?? [];
    this.#options = options;
    this.#verify = verify;
    this.#digest = digest;
  }

  /** For the scheme's `handshake`. */
  answer(request: SignedRequest, context: HandshakeContext): ChallengeAnswer {
    if (request.method !== 'POST') {
      const asked = this.methods.includes(request.method);
      return asked ? this.#ask(this.#options.unsigned, request, undefined) : undefined;
    }
    const verification = context.verification ?? this.#verify(request, context);
    return verification instanceof Promise
      ? verification.then((settled) => this.#settle(request, settled))
      : this.#settle(request, verification);
  }

  #settle(request: SignedRequest, verification: Verification): ChallengeAnswer {
    const { signed, unsigned } = this.#options;
    return this.#ask(verification.ok ? signed : unsigned, request, verification);
  }

  #ask(
    answer: HandshakeOptions['signed'],
    request: SignedRequest,
    verification: Verification | undefined,
  ): ChallengeAnswer {
    if (answer === undefined) return undefined;
    const given = answer(new ReceivedChallenge(request, verification, this.#digest));
    return given instanceof Promise ? given.catch(unavailable) : given;
  }
}

/**
 * The members by which a scheme answers handshakes; none without options.
 *
 * @internal
 */
export function handshakeMembers(
  options: HandshakeOptions | undefined,
  verify: SignatureScheme['verify'],
  digest?: Digest,
): Pick<SignatureScheme, 'handshakeMethods' | 'handshake'> {
  if (options === undefined) return {};
  const handshake = new Handshake(options, verify, digest);
  return {
    handshakeMethods: handshake.methods,
    handshake: (request, context) => handshake.answer(request, context),
  };
}

const LONGEST_UNPROVEN = 16_384;

class ReceivedChallenge implements Challenge {
  readonly #digest: Digest | undefined;

  constructor(
    readonly request: SignedRequest,
    readonly verification: Verification | undefined,
    digest: Digest | undefined,
  ) {
    this.#digest = digest;
  }

  get query(): URLSearchParams {
    const { url } = this.request;
    const start = url.indexOf('?');
    return new URLSearchParams(start < 0 ? '' : url.slice(start + 1).split('#', 1)[0]);
  }

  get payload(): unknown {
    if (this.verification?.ok !== true && this.request.body.length > LONGEST_UNPROVEN) {
      return undefined;
    }
    const reading = payloadOf(this.request);
    return reading.ok ? reading.payload : undefined;
  }

  // Function properties, so that a host can destructure them.
  readonly header = (name: string): string | undefined => {
    const value = headerValue(this.request.headers, [name.toLowerCase()]);
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  };

  readonly digest = async (content: string | Uint8Array): Promise<Buffer> => {
    if (this.#digest === undefined)
      throw new KeyUnavailableError('The scheme has no shared secret.');
    return this.#digest(content, this.request);
  };
}

/** The sender may try again, as with an event whose key is unavailable. */
function unavailable(error: unknown): HandshakeAnswer {
  if (error instanceof KeyUnavailableError) return { status: 503, headers: {}, body: '' };
  throw error;
}
