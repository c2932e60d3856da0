import { readInputFile } from './input-file.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

/** Name of the environment variable that holds the secret. */
export const SECRET_VARIABLE = 'HOOKLINE_SECRET';

/**
 * The options that give a secret. It is never printed.
 *
 * @internal
 */
export interface SecretOptions {
  readonly secret?: string;
  readonly secretFile?: string;
}

/**
 * The secret from the command line, a file or the environment, in this order. A line feed at its end, which
 * editors add, is removed.
 *
 * @throws {UsageError} if no secret is given, or both options are
 * @internal
 */
export async function readSecret(options: SecretOptions, { env }: Terminal): Promise<string> {
  if (options.secret !== undefined && options.secretFile !== undefined) {
    throw new UsageError('Give --secret or --secret-file, not both.');
  }
  const given =
    options.secret ??
    (options.secretFile === undefined
      ? env[SECRET_VARIABLE]
      : (await readInputFile('--secret-file', options.secretFile)).toString('utf8'));
  const secret = given?.replace(/[\r\n]+$/, '') ?? '';
  if (secret !== '') return secret;
  throw new UsageError(
    `No secret. Set ${SECRET_VARIABLE}, or give --secret-file (or --secret, which the shell keeps in its history).`,
  );
}
