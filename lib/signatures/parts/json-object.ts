/**
 * Reads a body to sign, if it is a JSON object.
 *
 * @returns `undefined` for any other body
 * @internal
 */
export function readJsonObject(body: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A value to spread into an object; anything but an object adds nothing.
 *
 * @internal
 */
export function objectOf(value: unknown): object {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
