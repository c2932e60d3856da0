import { RetryLater } from '../retry/retry-later.js';

/**
 * Asks for a retry because the work was not started. It does not clear a suspect: the job may still have killed its
 * process.
 *
 * @internal
 */
export class NotRun extends RetryLater {}
