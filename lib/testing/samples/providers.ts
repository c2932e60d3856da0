import { github } from './code.js';
import { standardWebhooks, unsigned } from './open.js';
import { stripe } from './payments.js';
import type { Provider } from './provider.js';

/**
 * All providers that have samples, by the name of their scheme's function. The testing kit and the
 * command line know no others.
 *
 * @internal
 */
export const PROVIDERS = {
  github,
  standardWebhooks,
  stripe,
  unsigned,
} as const satisfies Readonly<Record<string, Provider>>;
