import { randomBytes } from 'node:crypto';
import type { Connection } from 'bullmq';

const REDIS_URL = new URL(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379');

export const REDIS: Connection = {
  host: REDIS_URL.hostname,
  port: Number(REDIS_URL.port || 6379),
  db: Number(REDIS_URL.pathname.slice(1) || 0),
  maxRetriesPerRequest: null,
};

/** The name of a new queue. */
export function queueName(): string {
  return `hookline-bench-${randomBytes(6).toString('hex')}`;
}
