import type { EventPattern } from '../event/event-pattern.js';

/** How many (source, type) pairs are remembered. */
const MAX_REMEMBERED = 1_000;

/** Something by name that wants events. */
export interface Interested {
  readonly name: string;
  /** `undefined` for every source. */
  readonly source: string | undefined;
  readonly patterns: readonly EventPattern[];
}

/**
 * Who wants an event, remembered by its source and type.
 *
 * @internal
 */
export class EventInterests<Party extends Interested> {
  private parties: readonly Party[] = [];
  private readonly remembered = new Map<string, readonly Party[]>();

  /** Takes these instead of those before. Of several with one name, the first that wants an event gets it. */
  replace(parties: readonly Party[]): void {
    this.parties = parties;
    this.remembered.clear();
  }

  wanting(source: string, type: string): readonly Party[] {
    if (this.parties.length === 0) return this.parties;
    const pair = `${source}\n${type}`;
    let wanting = this.remembered.get(pair);
    if (wanting === undefined) {
      wanting = this.find(source, type);
      // Types are the senders' to choose: without a bound they could fill the memory.
      if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
      this.remembered.set(pair, wanting);
    }
    return wanting;
  }

  private find(source: string, type: string): readonly Party[] {
    const byName = new Map<string, Party>();
    for (const party of this.parties) {
      const isWanted =
        (party.source === undefined || party.source === source) &&
        party.patterns.some((pattern) => pattern.matches(type));
      if (isWanted && !byName.has(party.name)) byName.set(party.name, party);
    }
    return [...byName.values()];
  }
}
