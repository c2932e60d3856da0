/** Kind of the jobs that run timers. */
export const TIMER_JOB = 'timer';
