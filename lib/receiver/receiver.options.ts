import type { Type } from '@nestjs/common';
import type { PayloadSchema } from '../event/payload-schema.js';
import type { SignatureScheme, SignedRequest } from '../signatures/signature-scheme.js';

/**
 * How requests are received, whatever source they come from.
 *
 * @publicApi
 */
export interface ReceiverOptions {
  /**
   * Largest body, in bytes, after its content encoding was undone; a larger one is answered 413.
   * A source may set its own: GitHub, for one, sends up to 25 MB. @default 1_048_576
   */
  readonly bodyLimitBytes?: number;
  /**
   * How long a body may take to arrive, in milliseconds, whatever the framework and the server allow; after
   * that, the sender is answered 408 and the connection is closed. @default 30_000
   */
  readonly bodyTimeoutMs?: number;
  /**
   * Most bytes that the bodies of all requests may take together as long as they are not read to their end
   * and inflated; beyond that, the oldest of them is answered 503. At least the largest `bodyLimitBytes`,
   * and a tenth more. @default 64 MiB, or four times the largest `bodyLimitBytes` where that is more
   */
  readonly maxUnfinishedBytes?: number;
  /**
   * Content encodings that are undone; others are answered 415. No known sender uses `br`, whose window
   * may take 16 MiB while a body is inflated. @default ['gzip', 'deflate']
   */
  readonly contentEncodings?: readonly ('gzip' | 'deflate' | 'br')[];
  /**
   * What `Retry-After` says, in seconds, when an event cannot be stored at the moment and is
   * answered 503. @default 10
   */
  readonly retryAfterSeconds?: number;
  /**
   * How long the answer to a handshake may take, in milliseconds, where something has to be fetched or
   * looked up for it; after that, the sender is answered 503. @default 10_000
   */
  readonly handshakeTimeoutMs?: number;
  /**
   * Origin, and path where there is one before the application's own, at which senders reach it, such
   * as `https://example.com` or `https://example.com/api`. Schemes that sign the URL (Twilio, Square,
   * HubSpot) are given it with path and query of the request. Without it, they are given what the
   * host's framework makes of the request: Express and Fastify read `X-Forwarded-*` only where the host
   * has set their `trust proxy` (`trustProxy`), and the library never does.
   * @default protocol and host as the host's framework sees them
   */
  readonly publicUrl?: string;
}

/**
 * How a sender signs: a scheme; a function without parameters that makes one when the application starts, so
 * that an error about its secret names the source, too; or a class that the host's container can give an
 * instance of. The function has to be an arrow function: others are taken for classes.
 *
 * @publicApi
 */
export type SchemeOption = SignatureScheme | (() => SignatureScheme) | Type<SignatureScheme>;

/** What a function may give for a fact; with `null` or `undefined`, what the scheme says holds. */
export type GivenFact<Fact> = Fact | null | undefined | Promise<Fact | null | undefined>;

/**
 * A source, where its signature scheme alone does not say everything. Where a body holds several events,
 * the functions are asked for each, with the event in the place of the payload.
 *
 * @example
 * ```ts
 * sources: {
 *   shop: {
 *     scheme: hmac({ signature: { header: 'x-shop-signature' }, secret: process.env.SHOP_SECRET }),
 *     schema: z.object({ orderId: z.string() }),
 *     type: (request) => request.headers['x-shop-topic'],
 *     storeHeaders: ['x-shop-topic'],
 *   },
 * }
 * ```
 * @publicApi
 */
export interface SourceOptions {
  /** How the sender signs. */
  readonly scheme: SchemeOption;
  /** Largest body of this source, in bytes. @default the receiver's `bodyLimitBytes` */
  readonly bodyLimitBytes?: number;
  /** What the event's data must look like: a schema of Zod, Valibot, ArkType or the like. */
  readonly schema?: PayloadSchema;
  /**
   * What becomes of an event whose data fails a schema: `refuse` answers 422 and stores nothing,
   * `store` answers 200 and keeps it as rejected. @default 'refuse'
   */
  readonly onInvalidPayload?: 'refuse' | 'store';
  /**
   * The event's id: 1 to 255 printable characters, the same for each delivery of the event. A number of the
   * payload is given as it is, not as text: beyond 2^53 it is rounded there, and its digits are looked up.
   */
  readonly id?: (request: SignedRequest, payload: unknown) => GivenFact<string | number>;
  /** The event's dotted type, up to 255 characters. */
  readonly type?: (request: SignedRequest, payload: unknown) => GivenFact<string>;
  /** When the event happened. */
  readonly occurredAt?: (request: SignedRequest, payload: unknown) => GivenFact<Date>;
  /** Whom of the source's customers the event belongs to, up to 64 characters: ids are unique for each. */
  readonly tenant?: (request: SignedRequest) => GivenFact<string>;
  /**
   * Names of request headers that are stored with the event and given to handlers. Names that can
   * hold a secret (`authorization`, `cookie`, signatures, tokens, keys) are refused. @default []
   */
  readonly storeHeaders?: readonly string[];
  /**
   * The form field that holds the payload as JSON, where the sender wraps it in a form: `payload`. Id,
   * type and data are then those of the JSON. Without dots. @default what the scheme says
   */
  readonly jsonField?: string;
  /**
   * Methods by which the sender looks whether anybody is there before it saves the URL: they are answered
   * with an empty 200, and nothing is stored. @default none beside what the scheme answers
   */
  readonly probes?: readonly ('GET' | 'HEAD')[];
  /**
   * Whether body and headers are stored sealed with the key of `sealWith`, because they show a secret.
   * `true` needs a key. @default what the scheme says, where there is a key
   */
  readonly seal?: boolean;
}

/**
 * The senders to receive from, by name: `game` receives at `POST /webhooks/game`.
 *
 * @publicApi
 */
export type SourcesOption = Readonly<Record<string, SchemeOption | SourceOptions>>;

/** @internal */
export interface ResolvedSource {
  readonly scheme: SignatureScheme | Type<SignatureScheme>;
  readonly bodyLimitBytes: number;
  readonly schema: PayloadSchema | undefined;
  readonly onInvalidPayload: 'refuse' | 'store';
  readonly id: SourceOptions['id'] | undefined;
  readonly type: SourceOptions['type'] | undefined;
  readonly occurredAt: SourceOptions['occurredAt'] | undefined;
  readonly tenant: SourceOptions['tenant'] | undefined;
  /** In lower case, as Node.js gives headers. */
  readonly storeHeaders: readonly string[];
  readonly jsonField: string | undefined;
  readonly probes: readonly ('GET' | 'HEAD')[];
  /** `undefined` where the scheme decides. */
  readonly seal: boolean | undefined;
}

/** @internal */
export interface ResolvedReceiverOptions {
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined;
  /** Without slashes at its ends, such as `webhooks`. */
  readonly path: string;
  readonly sources: ReadonlyMap<string, ResolvedSource>;
  readonly bodyTimeoutMs: number;
  readonly maxUnfinishedBytes: number;
  readonly contentEncodings: readonly ('gzip' | 'deflate' | 'br')[];
  readonly retryAfterSeconds: number;
  readonly handshakeTimeoutMs: number;
}

/** @internal */
export const RESOLVED_RECEIVER_OPTIONS = Symbol('hookline:receiver-options');

export const DEFAULT_RECEIVER_PATH = 'webhooks';

/** The least that is allowed for unfinished bodies by default; see {@link ReceiverOptions.maxUnfinishedBytes}. */
export const DEFAULT_UNFINISHED_BYTES = 64 * 1_048_576;

export const DEFAULT_RECEIVER_OPTIONS: Required<
  Omit<ReceiverOptions, 'publicUrl' | 'maxUnfinishedBytes'>
> = {
  bodyLimitBytes: 1_048_576,
  bodyTimeoutMs: 30_000,
  contentEncodings: ['gzip', 'deflate'],
  retryAfterSeconds: 10,
  handshakeTimeoutMs: 10_000,
};
