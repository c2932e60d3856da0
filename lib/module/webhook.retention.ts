import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PollItemPruning } from '../polling/aside/poll-item.pruning.js';
import { Pruner } from '../retention/pruner.js';

/**
 * Registers the rows of features that may not import the queue.
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
