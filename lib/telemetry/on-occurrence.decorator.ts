import type { OccurrenceKind, OccurrenceOf } from './occurrence.js';

const KINDS = Symbol('hookline:occurrence-kinds');

/**
 * Calls a method of a provider with occurrences. The library calls it at once and does not await it. The
 * library logs its first error; errors change nothing.
 *
 * @param kinds which occurrences, such as `'job.discarded'`
 * @throws {ConfigurationError} at start-up, if the class is request-scoped or transient: it has no instance
 * to call
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
