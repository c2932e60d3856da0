import { createHash } from 'node:crypto';

/**
 * The event of a sample: its id and its time, in the forms in which senders write them. All forms are computed
 * from the two, so that the same id makes the same event.
 *
 * @internal
 */
export class Occasion {
  constructor(
    /** The event's id as text. */
    readonly id: string,
    /** When the event happened. */
    readonly at: Date,
    /** The sender's name for the receiver's account, such as the ARN of a topic. */
    readonly account = '',
  ) {}

  /** The id as a UUID. */
  get uuid(): string {
    const hex = createHash('sha256').update(this.id).digest('hex');
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `8${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join('-');
  }

  /** The id as a whole number. */
  get number(): number {
    return Number.parseInt(createHash('sha256').update(this.id).digest('hex').slice(0, 12), 16);
  }

  /** The time in whole seconds since the epoch. */
  get seconds(): number {
    return Math.floor(this.at.getTime() / 1_000);
  }

  /** The time in milliseconds since the epoch. */
  get ms(): number {
    return this.at.getTime();
  }

  /** The time by RFC 3339. */
  get iso(): string {
    return this.at.toISOString();
  }
}
