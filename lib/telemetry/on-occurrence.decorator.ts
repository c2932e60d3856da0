import type { OccurrenceKind, OccurrenceOf } from './occurrence.js';

const KINDS = Symbol('hookline:occurrence-kinds');

/**
 * Calls a method of a provider with occurrences: what happens while the application runs. It is called at the moment
 * it happens, and nobody waits for it; its first error is logged, and errors change nothing.
 *
 * @param kinds which occurrences, such as `'job.discarded'`
 * @throws {ConfigurationError} at start-up, if the class is request-scoped or transient: no request exists
 *
 * @example
 * ```ts
 * @OnOccurrence('job.discarded', 'poll.failed')
 * async alert(occurrence: OccurrenceOf<'job.discarded' | 'poll.failed'>): Promise<void> {
 *   await this.pager.page(`${occurrence.kind}: ${occurrence.error}`);
 * }
 * ```
 * @publicApi
 */
export function OnOccurrence<Kind extends OccurrenceKind>(...kinds: readonly [Kind, ...Kind[]]) {
  return <Method extends (occurrence: OccurrenceOf<Kind>) => unknown>(
    _target: object,
    _methodName: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    if (descriptor.value !== undefined) Reflect.defineMetadata(KINDS, kinds, descriptor.value);
  };
}

/**
 * The kinds of occurrences that a method listens to.
 *
 * @internal
 */
export function getOccurrenceKinds(method: object): readonly OccurrenceKind[] | undefined {
  return Reflect.getOwnMetadata(KINDS, method) as readonly OccurrenceKind[] | undefined;
}
