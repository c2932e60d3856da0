import { Injectable } from '@nestjs/common';
import { describeError } from '../errors/describe-error.js';
import { SafeLogger } from '../logging/safe.logger.js';
import type { Occurrence, OccurrenceKind, OccurrenceOf } from './occurrence.js';

/**
 * Is told of an occurrence, in the moment in which it happens: what takes long has to be begun here and awaited
 * elsewhere. What it throws, or the promise that it returns rejects with, goes to the log and changes nothing.
 *
 * @publicApi
 */
export type OccurrenceListener<Kind extends OccurrenceKind = OccurrenceKind> = (
  occurrence: OccurrenceOf<Kind>,
) => unknown;

interface Listening {
  readonly listener: (occurrence: Occurrence) => unknown;
  /** Whether it is worth the while to put an occurrence together for it. */
  readonly isWanting: () => boolean;
  hasThrown: boolean;
}

/**
 * Tells whoever listens of everything that can be observed.
 *
 * @example
 * ```ts
 * const stop = occurrences.on('job.discarded', ({ label, error }) => alerts.send(`${label}: ${error}`));
 * ```
 * @publicApi
 */
@Injectable()
export class Occurrences {
  private readonly logger = new SafeLogger(Occurrences.name);
  private readonly listening = new Map<OccurrenceKind, Set<Listening>>();

  /**
   * Has a function told of occurrences from now on.
   *
   * @param kinds which ones
   * @param listener is called with each of them
   * @returns ends that
   */
  on<Kind extends OccurrenceKind>(
    kinds: Kind | readonly Kind[],
    listener: OccurrenceListener<Kind>,
  ): () => void {
    return this.listen([kinds].flat() as Kind[], listener, () => true);
  }

  /**
   * The same, for one that does not always want to be told.
   *
   * @param isWanting says whether it wants to at the moment
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
   * Whether somebody wants to be told of a kind: asked where it happens thousands of times a second.
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
   * Tells all who listen. Never throws.
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
   * Tells that work in the background has failed, which is tried again by itself.
   *
   * @param component the class that does it
   * @param work what was tried, such as `Looking for due jobs`
   * @internal
   */
  failed(component: string, work: string, problem: unknown): void {
    const error = describeError(problem);
    this.publish({ kind: 'background.failed', component, work, error });
  }

  /** Once for each listener: one that always throws must not fill the log. */
  private tell(one: Listening, error: unknown): void {
    if (one.hasThrown) return;
    one.hasThrown = true;
    this.logger.error(
      `A listener to occurrences threw, and is not reported again: ${describeError(error)}`,
    );
  }
}

/** Also of another realm, or of a library of promises. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
