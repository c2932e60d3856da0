import { NotRun } from './not-run.js';
import type { JobLane } from './job.js';

/**
 * Moves the job from its lane into another one, or out of it. Its attempt did not start.
 *
 * @internal
 */
export class EnterLane extends NotRun {
  /** @param lane `undefined` if the job waits for no other */
  constructor(readonly lane: JobLane | undefined) {
    super(0, 'its lane was not known yet');
  }
}
