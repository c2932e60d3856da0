import { returnedEventId } from '../event-id.js';

/** What is stored of the contents that an API has shown without ids. */
interface SeenState {
  /** Number of the latest run. */
  readonly run: number;
  /** Number of the latest run that came to its end. */
  readonly complete: number;
  /** For each content, the run since which it is shown without a break, and the latest run that showed it. */
  readonly seen: Readonly<Record<string, readonly [since: number, last: number]>>;
}

/** How many contents are remembered. One beyond them that has come back counts as a repeat. */
const MAX_SEEN = 2_000;

/** Since before anything was remembered. */
const EVER = 0;

/**
 * Tells what an API shows in every run, which is one event, from what it shows again after something else:
 * a value that goes from A to B and back to A makes three events. A content counts as shown without a break while
 * the last complete run, or one after it, has shown it. The state is stored with the page, so that a run that is
 * repeated after a crash gives the same ids.
 *
 * @internal
 */
export class SeenContents {
  private readonly run: number;
  private readonly complete: number;
  private readonly stored: ReadonlyMap<string, readonly [since: number, last: number]>;
  private readonly seen: Map<string, readonly [since: number, last: number]>;

  /** @param stored what {@link store} gave, or `null` */
  constructor(stored: string | null) {
    const { run, complete, seen }: SeenState =
      stored === null ? { run: EVER, complete: EVER, seen: {} } : (JSON.parse(stored) as SeenState);
    this.run = stored === null ? EVER : run + 1;
    this.complete = complete;
    this.stored = new Map(Object.entries(seen));
    this.seen = new Map(this.stored);
  }

  /**
   * Whether it is still the event that an earlier run gave to the inbox. What is stored was committed before, so
   * this holds for as long as the content is shown, also after retention has deleted the event.
   */
  isToldStill(content: string): boolean {
    const before = this.stored.get(content);
    return before !== undefined && before[1] >= this.complete;
  }

  /** The id of the event that this content is. */
  idOf(content: string): string {
    const before = this.seen.get(content);
    const isShownStill = before !== undefined && before[1] >= this.complete;
    const since = isShownStill ? before[0] : this.run;
    if (before === undefined && this.seen.size >= MAX_SEEN) return content;
    this.seen.set(content, [since, this.run]);
    return since === EVER ? content : returnedEventId(content, since);
  }

  /** @param isComplete whether the run has come to its end */
  store(isComplete: boolean): string {
    const complete = isComplete ? this.run : this.complete;
    const state: SeenState = {
      run: this.run,
      complete,
      seen: Object.fromEntries([...this.seen].filter(([, [, last]]) => last >= complete)),
    };
    return JSON.stringify(state);
  }
}
