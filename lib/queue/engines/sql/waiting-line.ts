/** An entry's size and bytes. */
export interface Sized {
  readonly size: number;
  readonly bytes: number;
}

/**
 * The entries that wait for their commit, in the order of arrival, and their sums of sizes and bytes.
 *
 * @internal
 */
export class WaitingLine<Entry extends Sized> {
  private readonly entries: Entry[] = [];
  private sizeOfAll = 0;
  private bytesOfAll = 0;

  /** The sum of the sizes. */
  get size(): number {
    return this.sizeOfAll;
  }

  /** The sum of the bytes. */
  get bytes(): number {
    return this.bytesOfAll;
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  push(entry: Entry): void {
    this.entries.push(entry);
    this.sizeOfAll += entry.size;
    this.bytesOfAll += entry.bytes;
  }

  /** Takes as many of the oldest entries as fit; at least one. */
  take(maxSize: number, maxBytes: number): Entry[] {
    let count = 0;
    let size = 0;
    let bytes = 0;
    for (const next of this.entries) {
      const isOver = size + next.size > maxSize || bytes + next.bytes > maxBytes;
      if (count > 0 && isOver) break;
      size += next.size;
      bytes += next.bytes;
      count++;
    }
    this.sizeOfAll -= size;
    this.bytesOfAll -= bytes;
    return this.entries.splice(0, count);
  }

  /** Takes the oldest entries, up to the first one that is not late. */
  takeLate(isLate: (entry: Entry) => boolean): Entry[] {
    const fresh = this.entries.findIndex((entry) => !isLate(entry));
    const late = this.entries.splice(0, fresh < 0 ? Infinity : fresh);
    for (const { size, bytes } of late) {
      this.sizeOfAll -= size;
      this.bytesOfAll -= bytes;
    }
    return late;
  }
}
