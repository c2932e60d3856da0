import type { Answered } from './request.js';
import type { Walk } from './walk.js';

/**
 * The sent, answered and handled events, outside of the application, which forgets everything when it is
 * killed.
 */
export class Ledger {
  /** Requests that timed out or broke off without an answer. */
  hung = 0;
  /** How many requests were sent. */
  sent = 0;
  /** Answers 503 without `Retry-After`. */
  withoutRetryAfter = 0;
  /** Answers that no event should ever get. */
  readonly unexpected: string[] = [];
  /** Ids of events that were answered 2xx. */
  readonly answered = new Set<string>();
  /** Ids of events that were never sent with a valid signature. */
  readonly forged = new Set<string>();
  /** Ids of events with only 503 as answers so far, which cannot be stored. */
  readonly refused = new Set<string>();
  /** Ids of events that are not part of the load; they leave no effect, and may be handled twice. */
  readonly probes = new Set<string>();
  /** The attempts that handled an event, by its id. */
  readonly handled = new Map<string, number[]>();
  /** Attempts in which a handler was started, by the event's id. */
  readonly started = new Map<string, number[]>();
  /** Events whose handler ended after its time-out. */
  readonly late = new Set<string>();
  /** The walks beside the load. */
  readonly walks: Walk[] = [];
  private readonly maybeStored = new Set<string>();
  private unavailable = 0;

  /** Answers 503 so far. */
  get unavailableAnswers(): number {
    return this.unavailable;
  }

  /** Enters the outcome of one request. */
  enter(id: string, isForged: boolean, answer: Answered): void {
    this.sent++;
    if (isForged) this.forged.add(id);
    if (answer.kind === 'failed') {
      this.hung++;
      if (!isForged) this.maybeStored.add(id);
      this.refused.delete(id);
      return;
    }
    const { status } = answer;
    if (status === 503) {
      this.unavailable++;
      if (!answer.hasRetryAfter) this.withoutRetryAfter++;
      if (!this.maybeStored.has(id) && !isForged) this.refused.add(id);
    } else if (!isForged && status >= 200 && status < 300) {
      this.answered.add(id);
      this.maybeStored.add(id);
      this.refused.delete(id);
    } else if (!(isForged && status === 401)) {
      this.unexpected.push(`${id}: ${status}`);
    }
  }

  /** Enters a line of a handler. */
  readonly tell = (line: string): void => {
    const [word, id = '', attempt] = line.split(' ');
    if (word === 'late') this.late.add(id);
    const told = word === 'handled' ? this.handled : word === 'started' ? this.started : undefined;
    if (told === undefined) return;
    const attempts = told.get(id);
    if (attempts === undefined) told.set(id, [Number(attempt)]);
    else attempts.push(Number(attempt));
  };

  /** Ids of the load's events that were handled more than once. */
  repeated(): string[] {
    return [...this.handled]
      .filter(([id, attempts]) => attempts.length > 1 && !this.probes.has(id))
      .map(([id]) => id);
  }
}
