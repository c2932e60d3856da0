import { RetryLater } from '../retry/retry-later.js';

/**
 * Asks for another attempt where the work was not even begun. Nothing is known by that of a job which may have
 * killed its process.
 *
 * @internal
 */
export class NotRun extends RetryLater {}
