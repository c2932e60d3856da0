import { WebhookError } from '../../errors/webhook.error.js';

/**
 * The error for a message that the receiver would refuse, and that is therefore not signed.
 *
 * @param problem the rest of the sentence after the scheme's name, and the cure
 * @internal
 */
export function unsignable(scheme: string, problem: string): WebhookError {
  return new WebhookError('UNSIGNABLE', `The ${scheme} scheme ${problem}`);
}

/**
 * The error for a message without the URL that has to be signed.
 *
 * @internal
 */
export function unsignableWithoutUrl(scheme: string): WebhookError {
  return unsignable(scheme, 'signs the URL, and none was given. Set `url`.');
}
