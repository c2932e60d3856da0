import type { ItemName } from './item-name.js';
import { itemOfRow, type RowContentOfItem } from '../table/row-name.js';

/** What is stored of an item, as far as a run needs it. */
export interface StoredItem {
  readonly item: string;
  readonly kind: 'row' | 'event' | 'dropped' | 'held';
  /** Of rows and marks only. */
  readonly content?: string;
  readonly parkedAt: number | null;
  readonly lastFailedAt: number;
}

/**
 * What a poller has set aside when a run begins, and what the run adds.
 *
 * @internal
 */
export class AsideItems {
  /** Those that the run retries, the one that has waited longest first. */
  readonly waiting: readonly string[];
  /** Whether the run before stopped at a place where it could take nothing. */
  readonly isHeld: boolean;
  private readonly byItem = new Map<
    string,
    { readonly stored: string; readonly version: string }
  >();
  private readonly dropped = new Map<string, number>();
  private readonly shown = new Set<string>();
  private readonly failed = new Set<string>();
  private kept = 0;

  constructor(items: readonly StoredItem[]) {
    const kept = items.filter(({ kind }) => kind === 'row' || kind === 'event');
    this.kept = kept.length;
    this.isHeld = items.some(({ kind }) => kind === 'held');
    this.waiting = kept
      .filter(({ parkedAt }) => parkedAt === null)
      .toSorted((a, b) => a.lastFailedAt - b.lastFailedAt)
      .map(({ item }) => item);
    for (const { item, kind, content = '', lastFailedAt } of items) {
      if (kind === 'held') continue;
      const { key, version } = rowOf(content);
      const name = key === undefined ? item : itemOfRow(key);
      this.byItem.set(name, {
        stored: item,
        version: key === undefined ? '' : (version ?? item),
      });
      if (kind === 'dropped') this.dropped.set(item, lastFailedAt);
    }
  }

  get isEmpty(): boolean {
    return this.byItem.size === 0;
  }

  /** How many are kept, without those that were dropped. */
  get size(): number {
    return this.kept;
  }

  /** Whether the run passes it over, because this version of it was set aside. */
  passesOver({ item, version }: Pick<ItemName, 'item' | 'version'>): boolean {
    const known = this.byItem.get(item);
    if (known?.version !== version) return false;
    this.shown.add(known.stored);
    return true;
  }

  /** The stored name of an item, also where it has changed since. */
  storedName(item: string): string | undefined {
    return this.byItem.get(item)?.stored;
  }

  /** Whether an item is stored under this name, and was not dropped. */
  keeps(item: string): boolean {
    const stored = this.storedName(item);
    return stored !== undefined && !this.dropped.has(stored);
  }

  /** Notes that an item has failed in this run, which does not retry it. */
  noteFailure(item: string): void {
    if (!this.keeps(item) && !this.failed.has(item)) this.kept++;
    this.failed.add(item);
  }

  hasFailed(item: string): boolean {
    return this.failed.has(item);
  }

  /** Dropped items that are still shown, and whose mark is older than this: it must not be pruned. */
  shownSince(instant: number): readonly string[] {
    return [...this.dropped]
      .filter(([item, touchedAt]) => touchedAt <= instant && this.shown.has(item))
      .map(([item]) => item);
  }
}

function rowOf(content: string): { readonly key?: string; readonly version?: string } {
  if (content === '') return {};
  return JSON.parse(content) as RowContentOfItem;
}
