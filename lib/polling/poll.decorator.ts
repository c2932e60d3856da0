import type { ApiPollOptions, TablePollOptions } from './poll.options.js';
import type { PolledEvents, PolledPages, PollRequest, RowPollContext } from './polled-event.js';
import { setPollMetadata } from './poll-metadata.accessor.js';

/** A decorator of methods that takes only those that fit. */
type DecoratorFor<Fitting> = <Method extends Fitting>(
  target: object,
  methodName: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

type ApiMethod = (request: PollRequest<never>) => PolledPages | Promise<PolledPages>;
type RowMethod<Row> = (row: Row, context: RowPollContext) => PolledEvents | Promise<PolledEvents>;

/**
 * Has a method called by a schedule to find out what has happened, for a source that sends no webhooks. Its
 * events take the way of webhooks: into the inbox, once, and on to the same handlers and rules, with the
 * poller's name as their source.
 *
 * Without an entity the method is called once a run with the cursor, and returns or yields pages of
 * events, each with the cursor where the next run goes on. What it throws ends the run; the next tick
 * goes on from the last committed page.
 *
 * It may stand on any provider or controller that is neither request-scoped nor transient.
 *
 * @param options its name and schedule
 * @throws {ConfigurationError} at start-up: for two pollers with one name, and an invalid cron expression
 *
 * @example
 * ```ts
 * @Poll({ name: 'orders-api', cron: '0 * * * * *' })
 * async *orders({ cursor, signal }: PollRequest<string>) {
 *   for await (const page of this.api.ordersSince(cursor, { signal })) {
 *     yield { events: page.orders.map((data) => ({ type: 'order.paid', data })), cursor: page.next };
 *   }
 * }
 * ```
 * @publicApi
 */
export function Poll(options: ApiPollOptions): DecoratorFor<ApiMethod>;
/**
 * Has a method called for each row of a table that is new or has changed, and takes the events that it
 * returns. Rows come in pages along an index, from where the last run ended; no row is missed, and none
 * is reported twice, by however many processes.
 *
 * A row that the method throws for is set aside, and the others go on. Each run retries it, until it is taken or
 * parked (see `onRowError`).
 *
 * @param options its name and schedule, and how the table is read
 * @throws {ConfigurationError} at start-up: also for an entity that the data source does not know, a cursor
 *   or key that is not a column of it, and a key that two rows may share
 *
 * @example
 * ```ts
 * @Poll({ name: 'users', cron: '*\/5 * * * *', entity: User, cursor: 'updatedAt', key: 'id' })
 * changed(user: User): PolledEvent {
 *   return { type: 'points.updated', data: { userId: user.id, points: user.points } };
 * }
 * ```
 * @publicApi
 */
export function Poll<Row extends object>(
  options: TablePollOptions<Row>,
): DecoratorFor<RowMethod<Row>>;
export function Poll(options: ApiPollOptions | TablePollOptions<object>): DecoratorFor<unknown> {
  return (target, methodName, descriptor) =>
    setPollMetadata(target, methodName, descriptor.value, options);
}
