import { readFile } from 'node:fs/promises';
import { codeOf } from './error-code.js';
import { UsageError } from './usage.error.js';

/**
 * The bytes of a file that an option names.
 *
 * @throws {UsageError} if it cannot be read
 * @internal
 */
export async function readInputFile(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new UsageError(`The file of ${option} cannot be read (${codeOf(cause)}): ${path}`, {
      cause,
    });
  }
}
