/**
 * An instant of a view.
 *
 * @param instant in milliseconds since the epoch
 * @internal
 */
export function toDate(instant: number | null | undefined): Date | null {
  return instant === null || instant === undefined ? null : new Date(instant);
}
