import type { WebhookEvent } from '../event/webhook-event.js';
import type { Occurrences } from '../telemetry/occurrences.js';

/** How many (source, type) pairs are remembered. */
const MAX_TOLD = 1_000;

/**
 * Publishes an occurrence once for each type that no handler wants.
 *
 * @internal
 */
export class UnwantedTypes {
  private readonly told = new Set<string>();

  constructor(private readonly occurrences: Occurrences) {}

  add({ source, type }: WebhookEvent): void {
    const pair = JSON.stringify([source, type]);
    if (this.told.has(pair) || this.told.size >= MAX_TOLD) return;
    this.told.add(pair);
    this.occurrences.publish({ kind: 'event.unhandled', source, type });
  }
}
