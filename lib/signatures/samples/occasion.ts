import { createHash } from 'node:crypto';

/**
 * The one event that a sample stands for: its id and time, in the forms that senders write them. All
 * follow from the two, so that the same id makes the same event.
 *
 * @internal
 */
export class Occasion {
  constructor(
    /** The event's id where the sender writes a text. */
    readonly id: string,
    /** When it happened. */
    readonly at: Date,
    /** What the sender calls the receiver's side by, such as the ARN of a topic. */
    readonly account = '',
  ) {}

  /** The id where the sender writes a UUID. */
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

  /** The id where the sender writes a whole number. */
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
