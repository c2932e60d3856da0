import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PollItemPruning } from '../polling/aside/poll-item.pruning.js';
import { Pruner } from '../retention/pruner.js';

/**
 * Adds to the pruner what belongs to features that do not know the queue.
 *
 * @internal
 */
@Injectable()
export class WebhookRetention implements OnModuleInit {
  constructor(
    private readonly pruner: Pruner,
    private readonly items: PollItemPruning,
  ) {}

  onModuleInit(): void {
    this.pruner.add(this.items);
  }
}
