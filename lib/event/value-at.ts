/**
 * Follows a dotted path of own properties, such as `data.object`; the whole value for an empty path.
 *
 * @internal
 */
export function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  return valueAtKeys(value, path.split('.'));
}

/**
 * {@link valueAt} for a path that is followed often, split once.
 *
 * @internal
 */
export function valueAtKeys(value: unknown, keys: readonly string[]): unknown {
  let current = value;
  for (const key of keys) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) {
      return undefined;
    }
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}
