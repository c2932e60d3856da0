import { readFile } from 'node:fs/promises';
import { UsageError } from './usage.error.js';

/**
 * The bytes of a file that an option names.
 *
 * @throws {UsageError} where it cannot be read
 * @internal
 */
export async function readInputFile(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw new UsageError(`The file of ${option} cannot be read (${code}): ${path}`, { cause });
  }
}
