import type { Provider } from '../signatures/samples/provider.js';
import { PROVIDERS } from '../signatures/samples/providers.js';
import { UsageError } from './usage.error.js';

/**
 * A provider by its name, however it is written: `standardWebhooks`, `standard-webhooks`.
 *
 * @throws {UsageError} for an unknown name, with the names that are similar
 * @internal
 */
export function findProvider(given: string): {
  readonly name: string;
  readonly provider: Provider;
} {
  const wanted = plain(given);
  const found = Object.entries<Provider>(PROVIDERS).find(([name]) => plain(name) === wanted);
  if (found !== undefined) return { name: found[0], provider: found[1] };
  const alike = Object.keys(PROVIDERS).filter((name) => plain(name).startsWith(wanted.slice(0, 3)));
  throw new UsageError(
    `There is no provider '${given}'. ` +
      (wanted !== '' && alike.length > 0
        ? `Did you mean ${alike.join(', ')}?`
        : 'See `nestjs-hookline list`.'),
  );
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
