import { WebhookError } from '../../errors/webhook.error.js';

/**
 * Why a scheme does not sign what the other side would refuse.
 *
 * @param problem how the sentence goes on after the name of the scheme, and the cure
 * @internal
 */
export function unsignable(scheme: string, problem: string): WebhookError {
  return new WebhookError('UNSIGNABLE', `The ${scheme} scheme ${problem}`);
}

/**
 * Why a scheme that signs the URL does not sign.
 *
 * @internal
 */
export function unsignableWithoutUrl(scheme: string): WebhookError {
  return unsignable(scheme, 'signs the URL, and none was given. Set `url`.');
}
