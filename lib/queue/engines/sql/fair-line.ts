/** The items of one owner. */
interface Queue<Item> {
  readonly owner: number;
  readonly items: Item[];
}

/**
 * Items that wait in turn: one of each owner after the other, those of one owner in the order of arrival. An
 * owner with a thousand items keeps another that has one waiting for no more than one item.
 *
 * @internal
 */
export class FairLine<Item> {
  private readonly byOwner = new Map<number, Queue<Item>>();
  /** The owners that have items, the next one first. */
  private turns: Queue<Item>[] = [];

  /** The item whose turn it is. */
  get next(): Item | undefined {
    return this.turns[0]?.items[0];
  }

  push(item: Item, owner: number): void {
    const queue = this.byOwner.get(owner);
    if (queue !== undefined) {
      queue.items.push(item);
      return;
    }
    const first = { owner, items: [item] };
    this.byOwner.set(owner, first);
    this.turns.push(first);
  }

  /** How many items of the owner wait. */
  countOf(owner: number): number {
    return this.byOwner.get(owner)?.items.length ?? 0;
  }

  /** Takes {@link next}; it is then another owner's turn. */
  shift(): Item | undefined {
    const [queue] = this.turns;
    if (queue === undefined) return undefined;
    const item = queue.items.shift();
    if (queue.items.length === 0) this.leave(queue);
    else if (this.turns.length > 1) this.turns.push(this.turns.shift() as Queue<Item>);
    return item;
  }

  /** Takes an item from the middle; false if it does not wait. */
  remove(item: Item, owner: number): boolean {
    const queue = this.byOwner.get(owner);
    const index = queue?.items.indexOf(item) ?? -1;
    if (queue === undefined || index < 0) return false;
    queue.items.splice(index, 1);
    if (queue.items.length === 0) this.leave(queue);
    return true;
  }

  takeAll(): Item[] {
    const items = this.turns.flatMap((queue) => queue.items);
    this.turns = [];
    this.byOwner.clear();
    return items;
  }

  private leave(queue: Queue<Item>): void {
    this.byOwner.delete(queue.owner);
    this.turns.splice(this.turns.indexOf(queue), 1);
  }
}
