import type { Provider } from '../signatures/samples/provider.js';
import { PROVIDERS } from '../signatures/samples/providers.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { findProvider } from './find-provider.js';
import type { Terminal } from './terminal.js';

/**
 * Prints the providers and the event types of their samples.
 *
 * @param only name of one provider
 * @throws {UsageError} for an unknown name
 * @internal
 */
export function list(only: string | undefined, { out }: Terminal): ExitCode {
  const one = only === undefined ? undefined : findProvider(only);
  const providers: [string, Provider][] =
    one === undefined ? Object.entries<Provider>(PROVIDERS) : [[one.name, one.provider]];
  const width = Math.max(...providers.map(([name]) => name.length));
  for (const [name, { samples }] of providers) {
    out(`${name.padEnd(width)}  ${Object.keys(samples).join(', ')}\n`);
  }
  return EXIT.right;
}
