import type { INestApplicationContext } from '@nestjs/common';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { EventFilter } from '../inbox/event.list.js';
import type { EventView } from '../inbox/event.view.js';
import { InboxService } from '../inbox/inbox.service.js';
import type { JobView } from '../queue/job.view.js';
import { QueueService } from '../queue/queue.service.js';
import { failed, listed } from './assertion.js';
import { providerOf } from './provider-of.js';

/** Kind of the jobs that handlers and rules are. */
const HANDLER_JOB = 'handler';

/**
 * Which event has to have been handled.
 *
 * @publicApi
 */
export interface HandledExpectation {
  /** Name of the source, or of the poller. */
  readonly source: string;
  /** The sender's id. @default any: the newest event of the source (and type) */
  readonly id?: string;
  /** Its type. @default any */
  readonly type?: string;
  /** Name of the handler or rule, such as `Billing.paid` or `rule:overdrawn`. @default all that wanted it */
  readonly handler?: string;
}

/**
 * Expects that an event was stored, and that its handlers have completed. Call {@link drain} before.
 *
 * @param app the application, or its testing module
 * @param expected which event, and by which handler
 * @returns the event as the handlers got it, for expectations of your own
 * @throws {AssertionError} that tells what became of the event instead: not stored, ignored, still
 * waiting, failed with which error
 * @throws {ConfigurationError} when the application has no WebhookModule
 * @example
 * ```ts
 * await expectHandled(app, { source: 'stripe', id: 'evt_1', handler: 'Billing.paid' });
 * ```
 * @publicApi
 */
export async function expectHandled(
  app: INestApplicationContext,
  expected: HandledExpectation,
): Promise<WebhookEvent> {
  const inbox = providerOf(app, InboxService);
  const { source, id, type, handler } = expected;
  const what = [
    `an event of source '${source}'`,
    ...(id === undefined ? [] : [`with the id '${id}'`]),
    ...(type === undefined ? [] : [`of the type '${type}'`]),
  ].join(' ');
  const event = await newest(inbox, {
    source,
    ...(id === undefined ? {} : { id }),
    ...(type === undefined ? {} : { type }),
  });
  if (event === undefined) {
    const { items: stored } = await inbox.list({}, { limit: 10 });
    throw failed(
      `Expected ${what}, and none is stored. Stored are:\n${listed(stored.map(eventLine), 'no events')}`,
      expectHandled,
    );
  }
  if (event.status !== 'accepted') {
    throw failed(
      event.status === 'ignored'
        ? `Expected ${what} to be handled, and it was ignored: no handler and no rule wants ${eventLine(event)}.`
        : `Expected ${what} to be handled, and it was rejected: ${event.reason ?? 'its data does not fit'}.`,
      expectHandled,
    );
  }
  const queue = providerOf(app, QueueService);
  const { items: jobs } = await queue.list({ ref: event.key, kind: HANDLER_JOB });
  const wanted = handler === undefined ? jobs : jobs.filter(({ name }) => name === handler);
  if (wanted.length === 0) {
    throw failed(
      `Expected ${what} to be given to '${handler ?? 'a handler'}'. It was given to:\n` +
        listed(jobs.map(jobLine), 'no handler'),
      expectHandled,
    );
  }
  const open = wanted.filter(({ state }) => state !== 'completed');
  if (open.length > 0) {
    throw failed(
      `Expected ${what} to be handled, and it is not:\n${listed(open.map(jobLine), '')}`,
      expectHandled,
    );
  }
  const handled = await inbox.read(event.key);
  if (handled !== undefined) return handled;
  throw failed(`Expected ${what} to be kept, and it was deleted meanwhile.`, expectHandled);
}

/** However many others there are that do not match. */
async function newest(inbox: InboxService, filter: EventFilter): Promise<EventView | undefined> {
  let after: string | undefined;
  do {
    const page = await inbox.list(filter, { limit: 1, after });
    if (page.items.length > 0) return page.items[0];
    after = page.next;
  } while (after !== undefined);
  return undefined;
}

function eventLine({ source, id, type, status }: EventView): string {
  return `${source} '${id}', type '${type}' (${status})`;
}

function jobLine({ name, state, attempt, maxAttempts, lastError }: JobView): string {
  switch (state) {
    case 'completed':
      return `${name}: completed`;
    case 'available':
      return `${name}: waits to be run. Call drain(app) first.`;
    case 'running':
      return `${name}: is running. Call drain(app) first.`;
    default:
      return `${name}: ${state} after attempt ${attempt} of ${maxAttempts}: ${lastError ?? 'postponed'}`;
  }
}
