import { RetryLater } from '../retry/retry-later.js';

/**
 * Asks for a retry because the attempt did not start. A suspect stays one: the job may still have killed its
 * process.
 *
 * @internal
 */
export class NotRun extends RetryLater {}
