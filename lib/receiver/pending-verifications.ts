/**
 * The bodies that wait for a signature to be verified: for a key that has to be fetched, or a secret that the host
 * looks up. A stranger can make that take long, so the bytes that wait are limited. Nearly all schemes verify at
 * once: their bodies never wait, and a source for which nothing waits is never refused.
 *
 * @internal
 */
export class PendingVerifications {
  private readonly bytesOf = new Map<string, number>();
  private total = 0;

  /** @param maxBytes most bytes that may wait */
  constructor(private readonly maxBytes: number) {}

  /** Whether one more request to a source may have to wait. */
  hasRoom(source: string, bytes: number): boolean {
    return !this.bytesOf.has(source) || this.total + bytes <= this.maxBytes;
  }

  /** Waits for a verification; the body counts until the verification has ended. */
  async settle<Result>(source: string, bytes: number, pending: Promise<Result>): Promise<Result> {
    this.add(source, bytes);
    try {
      return await pending;
    } finally {
      this.add(source, -bytes);
    }
  }

  private add(source: string, bytes: number): void {
    this.total += bytes;
    const ofSource = (this.bytesOf.get(source) ?? 0) + bytes;
    if (ofSource === 0) this.bytesOf.delete(source);
    else this.bytesOf.set(source, ofSource);
  }
}
