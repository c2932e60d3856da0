import { ConfigurationError } from '../../lib/errors/configuration.error.js';

/** Closes an application, or a testing module. NestJS 11 then throws the error of a failed start again. */
export async function close(app: { close(): Promise<void> } | undefined): Promise<void> {
  await app?.close().catch((error: unknown) => {
    if (!(error instanceof ConfigurationError)) throw error;
  });
}
