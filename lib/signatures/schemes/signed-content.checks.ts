import { ConfigurationError } from '../../errors/configuration.error.js';
import type { ContentTemplate } from '../parts/content.template.js';
import type { Timestamp } from '../parts/timestamp.js';
import type { HmacOptions } from './hmac.options.js';

/** Where the parts of a content come from; `undefined` for an unknown origin. */
interface Origins {
  readonly id: unknown;
  readonly timestamp: Timestamp | undefined;
  readonly url: unknown;
}

/**
 * Checks that each part of a content has an origin, and that the time is signed.
 *
 * @throws {ConfigurationError} if not
 * @internal
 */
export function assertContentIsComplete(content: ContentTemplate, origins: Origins): void {
  const missing = (
    [
      ['id', '`idHeader`, or `id` with a header'],
      ['timestamp', '`timestamp`'],
      ['url', '`url`, the public URL that the sender posts to'],
    ] as const
  ).find(([placeholder]) => content.uses(placeholder) && origins[placeholder] === undefined);
  if (missing !== undefined) {
    throw ConfigurationError.because(
      'content',
      `The signed content has {${missing[0]}}, but nothing says where it comes from.`,
      `Set ${missing[1]}.`,
    );
  }
  const { timestamp } = origins;
  if (timestamp === undefined || timestamp.isInBody !== content.uses('timestamp')) return;
  throw timestamp.isInBody
    ? ConfigurationError.because(
        'timestamp.path',
        'A timestamp in the body is read after the signature, and cannot be part of its content.',
        'Leave {timestamp} out of `content`: the body is signed.',
      )
    : ConfigurationError.because(
        'timestamp',
        'The timestamp is not part of the signed content: whoever replays a request could change it.',
        'Add {timestamp} to `content`; where the sender does not sign it, leave `timestamp` out.',
      );
}

/**
 * Checks that a timestamp in the signature's header can be told from the signature.
 *
 * @throws {ConfigurationError} if not
 * @internal
 */
export function assertTellsEntriesApart({
  signature,
  timestamp,
}: Pick<HmacOptions, 'signature' | 'timestamp'>): void {
  if (timestamp === undefined || !('entry' in timestamp)) return;
  const { separator, prefix = '' } = signature;
  if (separator !== undefined && prefix !== '' && !timestamp.entry.startsWith(prefix)) return;
  throw ConfigurationError.because(
    'timestamp.entry',
    "The timestamp is an entry of the signature's header, but cannot be told from the signature.",
    "Set `signature.separator` and a `signature.prefix` of its own, such as ',' and 'v1='.",
  );
}
