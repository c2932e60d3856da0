import { readInputFile } from './input-file.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

/** Name of the environment variable that holds the secret. */
export const SECRET_VARIABLE = 'HOOKLINE_SECRET';

/**
 * Where a secret may be given. It is never printed.
 *
 * @internal
 */
export interface SecretOptions {
  readonly secret?: string;
  readonly secretFile?: string;
}

/**
 * The secret from the command line, a file or the environment, in this order; a line feed at its end,
 * which every editor adds, does not belong to it.
 *
 * @throws {UsageError} where there is none, or two
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
