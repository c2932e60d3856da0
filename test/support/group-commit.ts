import { setImmediate as turn } from 'node:timers/promises';
import { GroupCommit, type GroupCommitOptions } from '../../lib/queue/engines/sql/group-commit.js';

/** The error of one bad item. */
export class BadItemError extends Error {}

/** A group commit with limits that no test reaches, unless it sets others. */
export function createGroup(commit: GroupCommitOptions<number, number>['commit'], limits = {}) {
  return new GroupCommit<number, number>({
    commit,
    isItemError: (error) => error instanceof BadItemError,
    maxGroup: 500,
    maxWaiting: 1_000,
    ...limits,
  });
}

/** More turns of the event loop than a group waits for. */
export async function turns(): Promise<void> {
  for (let count = 0; count < 10; count++) await turn();
}
