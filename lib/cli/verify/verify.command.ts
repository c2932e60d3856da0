import { hasSecret, type Provider } from '../../signatures/samples/provider.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { findProvider } from '../find-provider.js';
import { readInputFile } from '../input-file.js';
import { readSecret, type SecretOptions } from '../secret.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage.error.js';
import { parseHeaders, parseInstant } from './captured-request.js';
import { acceptance, refusal } from './report.js';
import { findCause } from './suspicions.js';

/** @internal */
export interface VerifyOptions extends SecretOptions {
  readonly headers: string;
  readonly body: string;
  readonly url: string;
  readonly method: string;
  readonly at?: string;
  readonly account?: string;
}

/**
 * Checks a captured request, and says what is wrong with it.
 *
 * @throws {UsageError} for files that cannot be read, and for a missing secret
 * @internal
 */
export async function verify(
  providerName: string,
  options: VerifyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { provider } = findProvider(providerName);
  const now = options.at === undefined ? terminal.now() : parseInstant(options.at);
  if (now === undefined) {
    throw new UsageError(
      '--at is not a time: use 2026-01-31T12:00:00Z, or seconds since the epoch.',
    );
  }
  const secret = await secretOf(provider, options, terminal);
  const account = options.account ?? provider.account ?? '';
  const schemeFor = (url: string) => provider.create({ secret, url, account });
  const request = {
    method: options.method.toUpperCase(),
    url: options.url,
    headers: parseHeaders((await readInputFile('--headers', options.headers)).toString('latin1')),
    body: await readInputFile('--body', options.body),
  };
  const scheme = schemeFor(request.url);
  const result = await scheme.verify(request, { now });
  const lines = result.ok
    ? acceptance(result)
    : refusal(result.reason, scheme, request, {
        now,
        cause:
          result.reason === 'signature-mismatch'
            ? await findCause(schemeFor, request, now)
            : undefined,
      });
  terminal.out(`${lines.join('\n')}\n`);
  return result.ok ? EXIT.right : EXIT.wrong;
}

/** If the scheme fetches the sender's key, verifying needs no secret. */
function secretOf(
  provider: Provider,
  options: VerifyOptions,
  terminal: Terminal,
): string | Promise<string> {
  return hasSecret(provider) && provider.fetchesKey !== true ? readSecret(options, terminal) : '';
}
