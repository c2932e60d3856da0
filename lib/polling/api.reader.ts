import { toIncomingEvent } from './incoming-polled-event.js';
import type { PageReader, PolledBatch, PollProgress } from './page.reader.js';
import { PolledEventError } from './polled-event.error.js';
import type { PolledPage, PolledPages, PollRequest } from './polled-event.js';

/** A poller's method, bound to its instance. */
export type ApiPollMethod = (request: PollRequest) => PolledPages | Promise<PolledPages>;

/**
 * Takes the pages that a method without an entity returns or yields.
 *
 * @internal
 */
export class ApiReader implements PageReader {
  readonly reads = 'pages of a method';

  /**
   * @param poller name of the poller
   * @param method what is called
   */
  constructor(
    private readonly poller: string,
    private readonly method: ApiPollMethod,
  ) {}

  begin(): Promise<PollProgress> {
    return Promise.resolve({ cursor: null, lookBack: null });
  }

  async *read({ cursor }: PollProgress, signal: AbortSignal): AsyncGenerator<PolledBatch> {
    const stored: unknown = cursor === null ? undefined : JSON.parse(cursor);
    let reached = cursor;
    for await (const page of pagesOf(await this.method({ cursor: stored, signal }))) {
      assertPage(page);
      const events = page.events.map((event) => toIncomingEvent(this.poller, event, {}));
      if (page.cursor !== undefined) reached = JSON.stringify(page.cursor);
      yield {
        events,
        progress: { cursor: reached, lookBack: null },
        failure: undefined,
        more: false,
      };
      if (signal.aborted) return;
    }
  }

  advice(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

function pagesOf(pages: PolledPages): Iterable<PolledPage> | AsyncIterable<PolledPage> {
  if (pages === null || pages === undefined) return [];
  const isIterable =
    typeof pages === 'object' && (Symbol.iterator in pages || Symbol.asyncIterator in pages);
  return isIterable ? pages : [pages as PolledPage];
}

function assertPage(page: unknown): asserts page is PolledPage {
  if (typeof page === 'object' && page !== null && 'events' in page && Array.isArray(page.events))
    return;
  throw new PolledEventError(
    'Expected a page { events: [...], cursor } from the method of a poller.',
  );
}
