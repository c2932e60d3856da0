/** How deep errors are looked into; a cause may be its own cause. */
const MAX_DEPTH = 8;

/**
 * An error and those that it wraps: TypeORM's `driverError`, and the `cause` of others.
 *
 * @internal
 */
export function errorsIn(error: unknown): unknown[] {
  const found: unknown[] = [];
  let next: unknown = error;
  while (typeof next === 'object' && next !== null && found.length < MAX_DEPTH) {
    found.push(next);
    next = wrappedBy(next);
  }
  return found;
}

function wrappedBy(error: object): unknown {
  try {
    const { driverError, cause } = error as { driverError?: unknown; cause?: unknown };
    return driverError ?? cause;
  } catch {
    // A thrown value may itself throw when it is read.
    return undefined;
  }
}
