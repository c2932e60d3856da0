import type { WebhookEvent } from '../event/webhook-event.js';
import { SafeLogger } from '../logging/safe.logger.js';

/** How many (source, type) pairs are remembered. */
const MAX_WARNED = 1_000;

/**
 * Warns once of each type that no handler wants.
 *
 * @internal
 */
export class UnwantedTypes {
  private readonly warned = new Set<string>();

  constructor(private readonly logger: SafeLogger) {}

  add({ source, type }: WebhookEvent): void {
    const pair = JSON.stringify([source, type]);
    if (this.warned.has(pair) || this.warned.size >= MAX_WARNED) return;
    this.warned.add(pair);
    this.logger.warn(
      `No handler wants events of type '${type}' from '${source}': they are stored and ignored. ` +
        'Add an @OnWebhook handler, or have the sender leave them out.',
    );
  }
}
