import { Keys, type KeyDecoding, type Secret } from '../keys/secrets.js';
import { SignedRequestScheme, type Evidence } from './signed-request.scheme.js';
import type { SignedRequest } from '../signature-scheme.js';

/** How the host gives the secret, if not as text in the option `secret`. */
interface SecretForm {
  readonly key?: KeyDecoding;
  readonly option?: string;
}

/**
 * A scheme whose keys are secrets that sender and receiver share.
 *
 * @internal
 */
export abstract class SecretScheme<Shown extends Evidence> extends SignedRequestScheme<
  readonly Buffer[],
  Shown
> {
  protected readonly keys: Keys;

  /** @throws {ConfigurationError} for a constant secret that is missing, is blank or cannot be decoded */
  constructor(name: string, secret: Secret, { key = {}, option = 'secret' }: SecretForm = {}) {
    super(name);
    this.keys = new Keys(secret, key, { scheme: name, option });
  }

  protected findKeys(
    request: SignedRequest,
  ): readonly Buffer[] | Promise<readonly Buffer[] | undefined> {
    return this.keys.find(request);
  }
}
