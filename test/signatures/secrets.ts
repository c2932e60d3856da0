import type { Provider } from '../../lib/signatures/samples/provider.js';

const SECRETS = new Map<Provider['newSecret'], string[]>();

/**
 * A secret of a provider, made once for a spec file: an RSA key takes longer to make than most tests. Providers
 * share those of one form.
 *
 * @param which of several secrets, from 0
 */
export function secretOf({ newSecret }: Pick<Provider, 'newSecret'>, which = 0): string {
  const secrets = SECRETS.get(newSecret) ?? [];
  SECRETS.set(newSecret, secrets);
  return (secrets[which] ??= newSecret());
}
