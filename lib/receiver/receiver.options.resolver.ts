import { ConfigurationError } from '../errors/configuration.error.js';
import { positiveInteger, refuseUnknownKeys } from './option.checks.js';
import {
  DEFAULT_RECEIVER_OPTIONS,
  DEFAULT_RECEIVER_PATH,
  DEFAULT_UNFINISHED_BYTES,
  type ReceiverOptions,
  type ResolvedReceiverOptions,
  type ResolvedSource,
  type SourcesOption,
} from './receiver.options.js';
import { resolveSources } from './source.options.resolver.js';

/** What a host may set that concerns the receiver, as it stands in the root options. */
export interface ReceiverConfiguration {
  readonly path?: string | undefined;
  readonly sources?: SourcesOption | undefined;
  readonly receiver?: ReceiverOptions | undefined;
}

const PATH = /^[\w.~-]+(?:\/[\w.~-]+)*$/;

const RECEIVER_KEYS: readonly string[] = [
  'bodyLimitBytes',
  'bodyTimeoutMs',
  'maxUnfinishedBytes',
  'contentEncodings',
  'retryAfterSeconds',
  'handshakeTimeoutMs',
  'publicUrl',
] satisfies (keyof ReceiverOptions)[];

/**
 * Fills in defaults and checks everything that can be checked without the host's container.
 *
 * @throws {ConfigurationError} that names the option
 * @internal
 */
export function resolveReceiverOptions(given: ReceiverConfiguration): ResolvedReceiverOptions {
  const receiver = given.receiver ?? {};
  refuseUnknownKeys('receiver', receiver, RECEIVER_KEYS);
  const options: typeof DEFAULT_RECEIVER_OPTIONS & ReceiverOptions = {
    ...DEFAULT_RECEIVER_OPTIONS,
    ...withoutUndefined(receiver),
  };
  const sources = resolveSources(
    given.sources ?? {},
    positiveInteger('receiver.bodyLimitBytes', options.bodyLimitBytes),
  );
  return {
    path: resolvePath(given.path ?? DEFAULT_RECEIVER_PATH),
    publicUrl: resolvePublicUrl(options.publicUrl),
    retryAfterSeconds: positiveInteger('receiver.retryAfterSeconds', options.retryAfterSeconds),
    handshakeTimeoutMs: positiveInteger('receiver.handshakeTimeoutMs', options.handshakeTimeoutMs),
    bodyTimeoutMs: positiveInteger('receiver.bodyTimeoutMs', options.bodyTimeoutMs),
    maxUnfinishedBytes: maxUnfinishedBytes(options.maxUnfinishedBytes, sources),
    contentEncodings: contentEncodings(options.contentEncodings),
    sources,
  };
}

function maxUnfinishedBytes(
  given: number | undefined,
  sources: ReadonlyMap<string, ResolvedSource>,
): number {
  const largest = Math.max(0, ...[...sources.values()].map((source) => source.bodyLimitBytes));
  if (given === undefined) return Math.max(DEFAULT_UNFINISHED_BYTES, 4 * largest);
  const option = 'receiver.maxUnfinishedBytes';
  // A body of the limit may be a little longer as long as it is encoded.
  const least = Math.ceil(largest * 1.1) + 1_024;
  if (positiveInteger(option, given) >= least) return given;
  throw ConfigurationError.because(
    option,
    `\`${option}\` is ${given}, and the largest body of a source may take ${least} bytes.`,
    'Raise it, or lower the `bodyLimitBytes` of that source.',
  );
}

function contentEncodings(
  given: ResolvedReceiverOptions['contentEncodings'],
): ResolvedReceiverOptions['contentEncodings'] {
  const known: ReadonlySet<unknown> = new Set(['gzip', 'deflate', 'br']);
  if (Array.isArray(given) && given.every((encoding) => known.has(encoding))) return given;
  throw ConfigurationError.invalidOption(
    'receiver.contentEncodings',
    "an array of 'gzip', 'deflate' and 'br'",
    given,
    'Name those that your senders use; an empty array refuses all of them.',
  );
}

function resolvePath(path: string): string {
  const trimmed = typeof path === 'string' ? path.replace(/^\/+|\/+$/g, '') : '';
  const resolvable = trimmed.split('/').every((segment) => segment !== '.' && segment !== '..');
  if (!PATH.test(trimmed) || !resolvable) {
    throw ConfigurationError.invalidOption(
      'path',
      'a path of letters, digits, `-`, `_`, `.` and `~`',
      path,
      "Set it to one such as 'webhooks'; sources are received at /webhooks/:source.",
    );
  }
  return trimmed;
}

function resolvePublicUrl(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : undefined;
  const known = url?.protocol === 'https:' || url?.protocol === 'http:';
  const bare =
    url !== undefined && !/[?#]/.test(given) && url.username === '' && url.password === '';
  if (url === undefined || !known || !bare) {
    throw ConfigurationError.invalidOption(
      'receiver.publicUrl',
      'the start of an http or https URL, without query or credentials',
      given,
      "Write it as 'https://example.com', or 'https://example.com/api' where a proxy takes that path away.",
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function withoutUndefined<Options extends object>(options: Options): Options {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Options;
}
