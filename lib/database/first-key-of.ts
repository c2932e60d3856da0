/** Keys are made with the machines' clocks, which may be this far ahead of the database's. */
export const MAX_CLOCK_LEAD_MS = 86_400_000;

/**
 * The least UUID of version 7 that was made at this instant.
 *
 * @param instant in milliseconds since the epoch
 * @internal
 */
export function firstKeyOf(instant: number): string {
  const time = Math.max(0, Math.floor(instant)).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7000-8000-000000000000`;
}
