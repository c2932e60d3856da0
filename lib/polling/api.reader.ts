import { isDeepStrictEqual } from 'node:util';
import type { IncomingEvent } from '../inbox/incoming-event.js';
import { toIncomingEvent } from './incoming-polled-event.js';
import { contentEventId, storableId } from './event-id.js';
import type { FailedItem, PageReader, PolledBatch, PollProgress } from './page.reader.js';
import type { PollTarget } from './poll-target.js';
import { PolledEventError } from './polled-event.error.js';
import { SeenContents } from './seen-contents.js';
import type { PolledEvent, PolledPage, PolledPages, PollRequest } from './polled-event.js';

/** How much is kept of an item that cannot be taken, in characters. */
const MAX_CONTENT = 65_536;

/** What a page has come to. */
type MappedItems = Pick<PolledBatch, 'events'> & { readonly failed: readonly FailedItem[] };

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

  async moveTo(target: PollTarget, { lookBack }: PollProgress): Promise<PollProgress> {
    if (target === 'beginning') return { cursor: null, lookBack };
    if (target !== 'now') return { cursor: this.storable(target.value), lookBack };
    throw new TypeError(
      `The poller '${this.poller}' has no table, so only its method knows where now is. ` +
        'Give `{ value }`, the cursor that the method is to be called with.',
    );
  }

  async *read(
    { cursor, lookBack }: PollProgress,
    signal: AbortSignal,
    aside: ReadonlySet<string>,
  ): AsyncGenerator<PolledBatch> {
    const stored: unknown = cursor === null ? undefined : JSON.parse(cursor);
    const seen = new SeenContents(lookBack);
    let isSeenNeeded = lookBack !== null;
    let reached = cursor;
    const remembered = (): SeenContents => {
      isSeenNeeded = true;
      return seen;
    };
    const batch = ({ events, failed }: MappedItems, isComplete: boolean): PolledBatch => ({
      events,
      failed,
      progress: { cursor: reached, lookBack: isSeenNeeded ? seen.store(isComplete) : null },
      failure: undefined,
      more: false,
    });
    for await (const page of pagesOf(await this.method({ cursor: stored, signal }))) {
      assertPage(page);
      const next = page.cursor === undefined ? reached : this.storable(page.cursor);
      const items = this.map(page, remembered, aside);
      reached = next;
      yield batch(items, false);
      if (signal.aborted) return;
    }
    if (isSeenNeeded) yield batch({ events: [], failed: [] }, true);
  }

  /** It is not an event as it stands there, and its page is gone. */
  retry(content: string): Promise<readonly IncomingEvent[]> {
    const event = JSON.parse(content) as PolledEvent & { occurredAt?: string };
    const { occurredAt, ...rest } = event;
    const given = occurredAt === undefined ? rest : { ...rest, occurredAt: new Date(occurredAt) };
    return Promise.resolve([toIncomingEvent(this.poller, given, {})]);
  }

  /** @throws what is wrong with the items, where none of several can be taken: then it is the method's fault */
  private map(
    { events: items }: PolledPage,
    remembered: () => SeenContents,
    aside: ReadonlySet<string>,
  ): MappedItems {
    const events: IncomingEvent[] = [];
    const failed: FailedItem[] = [];
    let repeats = 0;
    for (const item of items) {
      let isRepeat = false;
      const contentId = (digest: string): string => {
        isRepeat = remembered().isToldStill(digest);
        return remembered().idOf(digest);
      };
      try {
        const event = toIncomingEvent(this.poller, item, { contentId });
        if (isRepeat) repeats++;
        else events.push(event);
      } catch (error) {
        const one = failedItem(item, error);
        if (!aside.has(one.item)) failed.push(one);
      }
    }
    if (events.length + repeats === 0 && failed.length > 1) throw failed[0]?.error;
    return { events, failed };
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

  zoneAdvice(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** What stands for an item that is no event: its own JSON, as far as it can be had. */
function failedItem(item: unknown, error: unknown): FailedItem {
  const content = asJson(item)?.slice(0, MAX_CONTENT) ?? 'null';
  return {
    item: storableId(contentEventId({ type: '', data: null }, content)),
    kind: 'event',
    content,
    error,
  };
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
