import { randomFillSync } from 'node:crypto';
import { v7 as uuid } from 'uuid';

const BYTES_PER_KEY = 16;

/** How many keys one read of random bytes serves: each read is slow, however few bytes it gives. */
const KEYS_PER_FILL = 512;

/**
 * Makes keys of rows: UUIDs of version 7, which begin with the time, so that later keys are greater.
 *
 * @internal
 */
export class KeySequence {
  private readonly random = Buffer.alloc(BYTES_PER_KEY * KEYS_PER_FILL);
  private used = this.random.length;
  private msecs = 0;
  private seq = 0;

  /** @param now the present instant in milliseconds since the epoch, a whole number */
  next(now: number): string {
    const random = this.nextRandom();
    if (now > this.msecs) {
      this.msecs = now;
      // Half of the range is left to count up in.
      this.seq = random.readUInt32BE(0) >>> 1;
    } else {
      this.seq++;
    }
    return uuid({ msecs: this.msecs, seq: this.seq, random });
  }

  private nextRandom(): Buffer {
    if (this.used === this.random.length) {
      randomFillSync(this.random);
      this.used = 0;
    }
    const start = this.used;
    this.used += BYTES_PER_KEY;
    return this.random.subarray(start, this.used);
  }
}
