/**
 * The code that Node.js gives an error, such as `ENOENT`.
 *
 * @internal
 */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'failed';
}
