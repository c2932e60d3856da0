import { describeError } from '../errors/describe-error.js';
import { WebhookError } from '../errors/webhook.error.js';

/**
 * A schema threw, instead of saying by its issues what does not fit. That says nothing about the data:
 * a webhook is answered 500, so that its sender tries again, and a job is retried.
 *
 * @publicApi
 */
export class SchemaFailedError extends WebhookError {
  /**
   * @param schemaOf whose schema it is, such as `source 'game'`
   * @param cause what it threw
   */
  constructor(
    readonly schemaOf: string,
    cause: unknown,
  ) {
    super('SCHEMA_FAILED', `The schema of ${schemaOf} threw: ${describeError(cause)}`, { cause });
  }
}
