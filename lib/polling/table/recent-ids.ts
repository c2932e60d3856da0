/**
 * Remembers the newest ids, up to a number of them.
 *
 * @internal
 */
export class RecentIds {
  private readonly ids = new Set<string>();

  /** @param limit how many ids are remembered */
  constructor(private readonly limit: number) {}

  has(id: string): boolean {
    return this.ids.has(id);
  }

  add(id: string): void {
    this.ids.delete(id);
    this.ids.add(id);
    if (this.ids.size <= this.limit) return;
    const [oldest] = this.ids;
    if (oldest !== undefined) this.ids.delete(oldest);
  }
}
