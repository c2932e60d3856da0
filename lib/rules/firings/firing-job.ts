/** Kind of the jobs that run a rule's method for a firing. */
export const FIRING_JOB = 'firing';
