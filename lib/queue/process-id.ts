/**
 * Token of the id of this process: jobs that it has leased are marked with it. Two applications in one process
 * of Node.js have two.
 *
 * @internal
 */
export const PROCESS_ID = Symbol('hookline:process-id');
