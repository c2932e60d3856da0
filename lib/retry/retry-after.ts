const CAP_MS = 86_400_000;
const SECONDS = /^\d+(?:\.\d+)?$/;
const HTTP_DATE = /^[a-z]{3,9}, .+ GMT$/i;

/**
 * How long an answer's `Retry-After` asks to wait.
 *
 * @param header its value: seconds, or an HTTP date
 * @param now the present instant, against which a date is measured
 * @returns milliseconds, at most a day; `undefined` where it asks for nothing that can be understood
 * @internal
 */
export function retryAfterMs(
  header: string | readonly string[] | undefined,
  now: number,
): number | undefined {
  const value = (typeof header === 'string' ? header : header?.[0])?.trim() ?? '';
  const waitMs = SECONDS.test(value)
    ? Math.ceil(Number(value) * 1_000)
    : HTTP_DATE.test(value)
      ? Date.parse(value) - now
      : 0;
  // Not a number, where the date is none.
  return waitMs > 0 ? Math.min(waitMs, CAP_MS) : undefined;
}
