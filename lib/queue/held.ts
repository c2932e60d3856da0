import { NotRun } from './not-run.js';
import { dueTimeOf } from './pauses/pause.js';

/**
 * Holds the job until its pause ends. Its attempt did not start.
 *
 * @internal
 */
export class Held extends NotRun {
  /** In milliseconds since the epoch, after which no claim looks for jobs. */
  readonly dueAt: number;

  /** @param pause such as `handler:Orders.paid` */
  constructor(pause: string) {
    super(0, `${pause} is paused`);
    this.dueAt = dueTimeOf(pause);
  }
}
