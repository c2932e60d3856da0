import { ConfigurationError } from '../errors/configuration.error.js';
import { checkedBy, choices, integer } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';
import type { CheckedSource, ResolvedSource } from './sources.option.js';

const MAX_UNFINISHED_BYTES = 64 * 1_048_576;

/** @internal */
export const RECEIVER_OPTIONS = optionGroup('receiver', {
  /**
   * Largest body, in bytes, after its content encoding was undone; a larger one is answered 413.
   * A source may set its own: GitHub, for one, sends up to 25 MB. @default 1_048_576
   */
  bodyLimitBytes: integer(1_048_576, { min: 1 }),
  /**
   * How long a body may take to arrive, in milliseconds, whatever the framework and the server allow; after
   * that, the sender is answered 408 and the connection is closed. @default 30_000
   */
  bodyTimeoutMs: integer(30_000, { min: 1 }),
  /**
   * Most bytes that the bodies of all requests may take together as long as they are not read to their end
   * and inflated; beyond that, the oldest of them is answered 503. At least the largest `bodyLimitBytes`,
   * and a tenth more. @default 64 MiB, or four times the largest `bodyLimitBytes` where that is more
   */
  maxUnfinishedBytes: integer(undefined, { min: 1 }),
  /**
   * Content encodings that are undone; others are answered 415. No known sender uses `br`, whose window
   * may take 16 MiB while a body is inflated. @default ['gzip', 'deflate']
   */
  contentEncodings: choices(
    ['gzip', 'deflate'],
    ['gzip', 'deflate', 'br'],
    'Name those that your senders use; an empty array refuses all of them.',
  ),
  /**
   * What `Retry-After` says, in seconds, when an event cannot be stored at the moment and is
   * answered 503. @default 10
   */
  retryAfterSeconds: integer(10, { min: 1 }),
  /**
   * How long the answer to a handshake may take, in milliseconds, where something has to be fetched or
   * looked up for it; after that, the sender is answered 503. @default 10_000
   */
  handshakeTimeoutMs: integer(10_000, { min: 1 }),
  /**
   * Origin, and path where there is one before the application's own, at which senders reach it, such
   * as `https://example.com` or `https://example.com/api`. Schemes that sign the URL (Twilio, Square,
   * HubSpot) are given it with path and query of the request. Without it, they are given what the
   * host's framework makes of the request: Express and Fastify read `X-Forwarded-*` only where the host
   * has set their `trust proxy` (`trustProxy`), and the library never does.
   * @default protocol and host as the host's framework sees them
   */
  publicUrl: checkedBy<string, string | undefined>(publicUrl),
});

/**
 * How requests are received, whatever source they come from.
 *
 * @publicApi
 */
export interface ReceiverOptions extends OptionsOf<typeof RECEIVER_OPTIONS> {}

/** The group, with the options of the module that concern the receiver only. @internal */
export interface ResolvedReceiverOptions extends ResolvedOf<typeof RECEIVER_OPTIONS> {
  /** Without slashes at its ends, such as `webhooks`. */
  readonly path: string;
  readonly sources: ReadonlyMap<string, ResolvedSource>;
  readonly maxUnfinishedBytes: number;
  /** Whether this process has the role `receive`: it has the route to which sources post. */
  readonly enabled: boolean;
}

/** The module's options from which those of the receiver are completed. */
interface ReceiverParts {
  readonly path: string;
  readonly sources: ReadonlyMap<string, CheckedSource>;
  readonly receiver: ResolvedOf<typeof RECEIVER_OPTIONS>;
}

/**
 * Fills in the limits that depend on one another: those of the sources, and the one of all bodies together.
 *
 * @throws {ConfigurationError} where the largest body of a source does not fit into `maxUnfinishedBytes`
 * @internal
 */
export function completeReceiverOptions({
  path,
  sources,
  receiver,
}: ReceiverParts): Omit<ResolvedReceiverOptions, 'enabled'> {
  const limited = new Map<string, ResolvedSource>();
  for (const [name, { bodyLimitBytes = receiver.bodyLimitBytes, ...source }] of sources) {
    limited.set(name, { ...source, bodyLimitBytes });
  }
  const largest = Math.max(0, ...[...limited.values()].map((source) => source.bodyLimitBytes));
  const maxUnfinishedBytes =
    receiver.maxUnfinishedBytes ?? Math.max(MAX_UNFINISHED_BYTES, 4 * largest);
  // A body of exactly the limit may be a little longer while it is encoded.
  const least = Math.ceil(largest * 1.1) + 1_024;
  if (maxUnfinishedBytes < least) {
    const name = `${RECEIVER_OPTIONS.name}.maxUnfinishedBytes`;
    throw ConfigurationError.because(
      name,
      `\`${name}\` is ${maxUnfinishedBytes}, and the largest body of a source may take ${least} bytes.`,
      'Raise it, or lower the `bodyLimitBytes` of that source.',
    );
  }
  return { ...receiver, path, sources: limited, maxUnfinishedBytes };
}

function publicUrl(given: unknown, name: string): string | undefined {
  if (given === undefined) return undefined;
  const text = typeof given === 'string' ? given : '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const known = url?.protocol === 'https:' || url?.protocol === 'http:';
  const bare =
    url !== undefined && !/[?#]/.test(text) && url.username === '' && url.password === '';
  if (url === undefined || !known || !bare) {
    throw ConfigurationError.invalidOption(
      name,
      'the start of an http or https URL, without query or credentials',
      given,
      "Write it as 'https://example.com', or 'https://example.com/api' where a proxy takes that path away.",
    );
  }
  // Without a slash at its end, as the path of the request begins with one.
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
