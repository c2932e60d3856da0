import { isDeepStrictEqual } from 'node:util';
import type { IncomingEvent } from '../../inbox/incoming-event.js';
import { apiItemName } from './api-item-name.js';
import type { AsideItems } from '../aside/aside-items.js';
import { toIncomingEvent } from '../incoming-polled-event.js';
import type { PageReader, PolledBatch, PollProgress, TriedItem } from '../page.reader.js';
import type { PollTarget } from '../poll-target.js';
import { PolledEventError } from '../polled-event.error.js';
import type { RunSpan } from '../run/run.span.js';
import { SeenContents } from './seen-contents.js';
import type { PolledEvent, PolledPage, PolledPages, PollRequest } from '../polled-event.js';

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
      `The poller '${this.poller}' has no table, so only its method knows the cursor of the present. ` +
        'Give `{ value }`, the cursor for the next call of the method.',
    );
  }

  async *read(
    { cursor, lookBack }: PollProgress,
    span: RunSpan,
    aside: AsideItems,
  ): AsyncGenerator<PolledBatch> {
    const stored: unknown = cursor === null ? undefined : JSON.parse(cursor);
    const seen = new SeenContents(lookBack);
    let isSeenNeeded = lookBack !== null;
    let reached: PollProgress = { cursor, lookBack };
    const remembered = (): SeenContents => {
      isSeenNeeded = true;
      return seen;
    };
    const reach = (next: string | null, isComplete: boolean): PollProgress => {
      reached = { cursor: next, lookBack: isSeenNeeded ? seen.store(isComplete) : null };
      return reached;
    };
    const request = { cursor: stored, signal: span.signal };
    for await (const page of eachOf(await span.within(callOf(this.method, request)), span)) {
      assertPage(page);
      const next = page.cursor === undefined ? reached.cursor : this.storable(page.cursor);
      const tried = this.map(page, remembered, aside);
      yield {
        tried,
        isSamePage: false,
        // A page counts as a whole: where the run holds at an item, the next one asks for the page again, and its
        // contents are not seen yet.
        progress: (before = tried.length) =>
          before === tried.length ? reach(next, false) : reached,
        more: false,
      };
      if (span.signal.aborted) {
        if (span.timeout !== undefined) throw span.timeout;
        return;
      }
    }
    if (!isSeenNeeded) return;
    const end = reach(reached.cursor, true);
    yield { tried: [], isSamePage: false, progress: () => end, more: false };
  }

  /** Fails again, unless the item is an event by now: its page is gone. */
  retry(content: string): Promise<readonly IncomingEvent[]> {
    const event = JSON.parse(content) as PolledEvent & { occurredAt?: string };
    const { occurredAt, ...rest } = event;
    const given = occurredAt === undefined ? rest : { ...rest, occurredAt: new Date(occurredAt) };
    return Promise.resolve([toIncomingEvent(this.poller, given, {})]);
  }

  private map(
    { events: items }: PolledPage,
    remembered: () => SeenContents,
    aside: AsideItems,
  ): readonly TriedItem[] {
    const tried: TriedItem[] = [];
    for (const item of items) {
      const name = apiItemName(item);
      if (!aside.isEmpty && aside.passesOver(name())) continue;
      let isRepeat = false;
      const contentId = (digest: string): string => {
        isRepeat = remembered().isToldStill(digest);
        return remembered().idOf(digest);
      };
      try {
        const event = toIncomingEvent(this.poller, item, { contentId });
        tried.push({ name, events: isRepeat ? [] : [event] });
      } catch (error) {
        tried.push({ name, events: [], failure: { error } });
      }
    }
    return tried;
  }

  /** @throws {PolledEventError} for a cursor that would be another one when it is read back */
  private storable(cursor: unknown): string {
    const json = asJson(cursor);
    if (json !== undefined && isDeepStrictEqual(JSON.parse(json), cursor)) return json;
    throw new PolledEventError(
      `Expected the \`cursor\` of a page of the poller '${this.poller}' to be a value that JSON can hold, ` +
        'such as a text or a number; it has a part that JSON cannot hold, such as NaN, undefined, a Date or a BigInt. ' +
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

function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // A BigInt, or a circular object.
    return undefined;
  }
}

/** A method that throws before it returns a promise fails the same way. */
async function callOf(method: ApiPollMethod, request: PollRequest): Promise<PolledPages> {
  return method(request);
}

/**
 * The pages, one after the other. The host's generator is closed when the run ends early; where it hangs or fails
 * then, that holds nothing up.
 */
async function* eachOf(pages: PolledPages, span: RunSpan): AsyncGenerator<PolledPage> {
  const iterator = iteratorOf(pages);
  let isDone = false;
  try {
    for (;;) {
      const next = await span.within(Promise.resolve(iterator.next()));
      isDone = next.done === true;
      if (isDone) return;
      yield await span.within(Promise.resolve(next.value as PolledPage));
    }
  } finally {
    if (!isDone) span.watch(closed(iterator));
  }
}

async function closed(iterator: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  await iterator.return?.();
}

function iteratorOf(pages: PolledPages): Iterator<PolledPage> | AsyncIterator<PolledPage> {
  if (pages === null || pages === undefined) return [].values();
  if (typeof pages === 'object' && Symbol.asyncIterator in pages) {
    return pages[Symbol.asyncIterator]();
  }
  if (typeof pages === 'object' && Symbol.iterator in pages) return pages[Symbol.iterator]();
  return [pages].values();
}

function assertPage(page: unknown): asserts page is PolledPage {
  if (typeof page === 'object' && page !== null && 'events' in page && Array.isArray(page.events))
    return;
  throw new PolledEventError(
    'Expected a page { events: [...], cursor } from the method of a poller.',
  );
}
