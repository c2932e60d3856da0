import { AssertionError } from 'node:assert';

/**
 * A failed expectation, in the form that every test framework knows.
 *
 * @param message what was expected, what there was, and what to look at
 * @param caller the function that the stack trace is to end above
 * @internal
 */
export function failed(
  message: string,
  caller: (...args: never[]) => unknown,
  values?: { readonly expected: unknown; readonly actual: unknown },
): AssertionError {
  return new AssertionError({ message, stackStartFn: caller, operator: caller.name, ...values });
}

/** A list for a message; says so where it is empty. */
export function listed(lines: readonly string[], none: string): string {
  return lines.length === 0 ? `  ${none}` : lines.map((line) => `  - ${line}`).join('\n');
}
