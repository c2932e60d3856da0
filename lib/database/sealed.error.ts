import { WebhookError } from '../errors/webhook.error.js';

/**
 * What is stored is sealed, and cannot be opened: by a key that `sealWith` does not have, or because
 * somebody has changed it. What needs it fails, and is tried again as any failure is.
 *
 * @publicApi
 */
export class SealedError extends WebhookError {
  constructor(problem: string, cure: string, options?: ErrorOptions) {
    super('SEALED', `${problem} ${cure}`, options);
  }
}
