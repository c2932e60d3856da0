import { Injectable } from '@nestjs/common';
import { describeError } from '../errors/describe-error.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { NO_COUNTER, type Counter } from './counter.js';
import type { Occurrence, OccurrenceKind, OccurrenceOf } from './occurrence.js';

/**
 * Called with an occurrence at once. The library does not await a returned promise: start slow work here and
 * await it elsewhere. The library logs the first error, thrown or rejected; errors change nothing.
 *
 * @publicApi
 */
export type OccurrenceListener<Kind extends OccurrenceKind = OccurrenceKind> = (
  occurrence: OccurrenceOf<Kind>,
) => unknown;

interface Listening {
  readonly listener: (occurrence: Occurrence) => unknown;
  /** Whether the listener wants occurrences at the moment. */
  readonly isWanting: () => boolean;
  hasThrown: boolean;
}

/**
 * Calls listeners with the occurrences of this process.
 *
 * @example
 * ```ts
 * const stop = occurrences.on('job.discarded', ({ label, error }) => alerts.send(`${label}: ${error}`));
 * ```
 * @publicApi
 */
@Injectable()
export class Occurrences {
  /** Counts what is too frequent to be published. @internal */
  counter: Counter = NO_COUNTER;
  private readonly logger = new SafeLogger(Occurrences.name);
  private readonly listening = new Map<OccurrenceKind, Set<Listening>>();

  /**
   * Adds a listener.
   *
   * @param kinds which occurrences to listen to
   * @param listener called with each of them, from now on
   * @returns a function that removes the listener
   */
  on<Kind extends OccurrenceKind>(
    kinds: Kind | readonly Kind[],
    listener: OccurrenceListener<Kind>,
  ): () => void {
    return this.listen([kinds].flat() as Kind[], listener, () => true);
  }

  /**
   * Adds a listener that {@link hears} may disregard.
   *
   * @param isWanting whether the listener wants occurrences at the moment
   * @internal
   */
  listen<Kind extends OccurrenceKind>(
    kinds: readonly Kind[],
    listener: OccurrenceListener<Kind>,
    isWanting: () => boolean,
  ): () => void {
    const one: Listening = {
      listener: listener as Listening['listener'],
      isWanting,
      hasThrown: false,
    };
    for (const kind of kinds) {
      const others = this.listening.get(kind);
      if (others === undefined) this.listening.set(kind, new Set([one]));
      else others.add(one);
    }
    return () => {
      for (const kind of kinds) this.listening.get(kind)?.delete(one);
    };
  }

  /**
   * Whether a listener wants this kind at the moment. Check it before composing an occurrence that may happen
   * thousands of times a second.
   *
   * @internal
   */
  hears(kind: OccurrenceKind): boolean {
    const listening = this.listening.get(kind);
    if (listening === undefined) return false;
    for (const { isWanting } of listening) if (isWanting()) return true;
    return false;
  }

  /**
   * Calls all listeners of the occurrence's kind. Never throws.
   *
   * @internal
   */
  publish(occurrence: Occurrence): void {
    for (const one of this.listening.get(occurrence.kind) ?? []) {
      try {
        const result = one.listener(occurrence);
        if (isThenable(result)) void result.then(undefined, (error) => this.tell(one, error));
      } catch (error) {
        this.tell(one, error);
      }
    }
  }

  /**
   * Publishes that background work has failed. The caller retries it.
   *
   * @param component the class that does the work
   * @param work what was tried, such as `Looking for due jobs`
   * @param problem what was thrown
   * @internal
   */
  failed(component: string, work: string, problem: unknown): void {
    const error = describeError(problem);
    this.publish({ kind: 'background.failed', component, work, error });
  }

  /**
   * Logs once per listener: one that always throws must not fill the log. It is no occurrence, which would
   * recur.
   */
  private tell(one: Listening, error: unknown): void {
    if (one.hasThrown) return;
    one.hasThrown = true;
    this.logger.error(
      `A listener to occurrences threw; its further errors are not logged: ${describeError(error)}`,
    );
  }
}

/** Also promises of another realm or of a promise library. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
