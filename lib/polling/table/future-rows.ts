import { createHash } from 'node:crypto';

/** How many rows dated in the future are remembered. Those beyond are told once for as long as the inbox keeps them. */
export const MAX_FUTURE_ROWS = 20_000;

/** Of 10,000,000,000 other rows, one would be taken for one of so many. */
const DIGEST_BYTES = 6;
const DIGEST_LENGTH = 8;

/**
 * The rows dated in the future that were told, or were there before the poller was. Each run reads them again,
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

  /** Notes that a row was told, or is passed over because it was: where it is dated in the future, for later runs. */
  add(id: string, isFuture: boolean): void {
    if (!isFuture && this.digests.size === 0) return;
    const text = digest(id);
    const isKnown = this.digests.has(text);
    // A row whose time has come is read until it is settled.
    if (!isKnown && (!isFuture || this.digests.size >= MAX_FUTURE_ROWS)) return;
    this.digests.add(text);
    this.seen.add(text);
  }

  /** Forgets what was not seen in a run that has read to the end: it is settled, deleted or changed. */
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
