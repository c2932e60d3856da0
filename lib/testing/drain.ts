import type { INestApplicationContext } from '@nestjs/common';
import { Inbox } from '../inbox/inbox.js';
import { QueueEngine } from '../queue/queue.engine.js';
import { providerOf } from './provider-of.js';

/**
 * Runs all jobs that are due, and those that come of them, to their end: handlers, rules and
 * notifications. What will be retried later is left; move a {@link FakeClock} and drain again.
 *
 * @param app the application, or its testing module, after `init()`
 * @throws {ConfigurationError} when the application has no WebhookModule
 * @example
 * ```ts
 * await request(app.getHttpServer()).post('/webhooks/stripe').set(headers).send(body).expect(200);
 * await drain(app);
 * ```
 * @publicApi
 */
export async function drain(app: INestApplicationContext): Promise<void> {
  await providerOf(app, Inbox).idle();
  await providerOf(app, QueueEngine).runDue();
}
