import type { OccurrenceKind, OccurrenceOf } from './occurrence.js';

const KINDS = Symbol('hookline:occurrence-kinds');

/**
 * Has a method of a provider told of what happens while the application runs. It is called in the moment in which it
 * happens, and nobody waits for it; what it throws goes to the log, once, and changes nothing.
 *
 * @param kinds of which occurrences, such as `'job.discarded'`
 * @throws {ConfigurationError} at start-up, where the class is request-scoped: there is no request
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
 * The kinds that a method is told of.
 *
 * @internal
 */
export function getOccurrenceKinds(method: object): readonly OccurrenceKind[] | undefined {
  return Reflect.getOwnMetadata(KINDS, method) as readonly OccurrenceKind[] | undefined;
}
