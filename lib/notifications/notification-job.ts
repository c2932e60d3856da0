/** Kind of the jobs that send notifications. */
export const NOTIFICATION_JOB = 'notification';
