import { createHash } from 'node:crypto';

/** How many rows dated in the future are remembered. Rows beyond are reported once while the inbox has their events. */
export const MAX_FUTURE_ROWS = 20_000;

/** One of 10,000,000,000 other rows would be taken for a remembered one. */
const DIGEST_BYTES = 6;
const DIGEST_LENGTH = 8;

/**
 * The rows dated in the future that were reported, or were there before the poller was. Each run reads them again,
 * maybe for years, and the inbox forgets their events after its retention. They are remembered by digests of
 * their ids, until they lie before everything that a run reads.
 *
 * @internal
 */
export class FutureRows {
  private readonly digests: Set<string>;
  private readonly seen = new Set<string>();

  /** @param stored what {@link store} gave, or the ids themselves, which earlier versions have stored */
  constructor(stored: string | readonly string[] | undefined) {
    this.digests = new Set(
      typeof stored === 'string'
        ? (stored.match(new RegExp(`.{${DIGEST_LENGTH}}`, 'g')) ?? [])
        : (stored ?? []).map(digest),
    );
  }

  has(id: string): boolean {
    return this.digests.size > 0 && this.digests.has(digest(id));
  }

  /** Notes for later runs that a row dated in the future was reported, or is passed over because it was. */
  add(id: string, isFuture: boolean): void {
    if (!isFuture && this.digests.size === 0) return;
    const text = digest(id);
    const isKnown = this.digests.has(text);
    // A row whose time has come is read until it is settled.
    if (!isKnown && (!isFuture || this.digests.size >= MAX_FUTURE_ROWS)) return;
    this.digests.add(text);
    this.seen.add(text);
  }

  /** Forgets rows that a run to the end of the table did not see: they are settled, deleted or changed. */
  forgetUnseen(): void {
    for (const text of this.digests) if (!this.seen.has(text)) this.digests.delete(text);
  }

  store(): string | undefined {
    return this.digests.size === 0 ? undefined : [...this.digests].join('');
  }
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest().subarray(0, DIGEST_BYTES).toString('base64url');
}
