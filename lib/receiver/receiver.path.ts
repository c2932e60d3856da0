import { ConfigurationError } from '../errors/configuration.error.js';
import { checkedBy } from '../options/option.kinds.js';

const PATH = /^[\w.~-]+(?:\/[\w.~-]+)*$/;

/**
 * The option of the path that sources post to, `webhooks` by default; without slashes at its ends.
 *
 * @internal
 */
export const RECEIVER_PATH = checkedBy<string>((given = 'webhooks', name) => {
  const path = typeof given === 'string' ? given.replace(/^\/+|\/+$/g, '') : '';
  const resolvable = path.split('/').every((segment) => segment !== '.' && segment !== '..');
  if (PATH.test(path) && resolvable) return path;
  throw ConfigurationError.invalidOption(
    name,
    'a path of letters, digits, `-`, `_`, `.` and `~`',
    given,
    "Set it to one such as 'webhooks'; sources are received at /webhooks/:source.",
  );
});
