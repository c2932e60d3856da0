/**
 * Given by a runner in the place of a payload that is there but cannot be read, such as a row whose text is
 * damaged: the fault of this job, and of no other that was read with it.
 *
 * @internal
 */
export class Unreadable {
  constructor(readonly problem: unknown) {}
}
