import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PollItemPruning } from '../polling/aside/poll-item.pruning.js';
import { Pruner } from '../retention/pruner.js';

/**
 * Has deleted what features have that know nothing of the queue.
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
