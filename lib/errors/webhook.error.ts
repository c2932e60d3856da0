/**
 * Base of every error that this library throws.
 *
 * @publicApi
 */
export class WebhookError extends Error {
  /**
   * @param code stable, machine-readable name of the error, such as `'CONFIGURATION'`
   * @param message what is wrong and what cures it; never a secret, a signature or a payload
   * @param options the error that caused this one
   */
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}
