import { isDeepStrictEqual } from 'node:util';
import type { IncomingEvent } from '../inbox/incoming-event.js';
import { toIncomingEvent } from './incoming-polled-event.js';
import type { PageReader, PolledBatch, PollProgress } from './page.reader.js';
import { PolledEventError } from './polled-event.error.js';
import { SeenContents } from './seen-contents.js';
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

  async *read(
    { cursor, lookBack }: PollProgress,
    signal: AbortSignal,
  ): AsyncGenerator<PolledBatch> {
    const stored: unknown = cursor === null ? undefined : JSON.parse(cursor);
    const seen = new SeenContents(lookBack);
    let isSeenNeeded = lookBack !== null;
    let reached = cursor;
    const contentId = (digest: string): string => {
      isSeenNeeded = true;
      return seen.idOf(digest);
    };
    const batch = (events: readonly IncomingEvent[], isComplete: boolean): PolledBatch => ({
      events,
      progress: { cursor: reached, lookBack: isSeenNeeded ? seen.store(isComplete) : null },
      failure: undefined,
      more: false,
    });
    for await (const page of pagesOf(await this.method({ cursor: stored, signal }))) {
      assertPage(page);
      const next = page.cursor === undefined ? reached : this.storable(page.cursor);
      const events = page.events.map((event) => toIncomingEvent(this.poller, event, { contentId }));
      reached = next;
      yield batch(events, false);
      if (signal.aborted) return;
    }
    if (isSeenNeeded) yield batch([], true);
  }

  /** @throws {PolledEventError} for a cursor that would be another one when it is read back */
  private storable(cursor: unknown): string {
    const json = asJson(cursor);
    if (json !== undefined && isDeepStrictEqual(JSON.parse(json), cursor)) return json;
    throw new PolledEventError(
      `Expected the \`cursor\` of a page of the poller '${this.poller}' to be a value that JSON can hold, ` +
        'such as a text or a number; got one that holds another, such as NaN, undefined, a Date or a BigInt. ' +
        'Give it as a text. The poller stays where it was.',
    );
  }

  advice(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // A BigInt, or an object that holds itself.
    return undefined;
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
