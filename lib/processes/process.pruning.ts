import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { Pruner } from '../retention/pruner.js';
import type { Prunable, PruneCutoffs } from '../retention/table.pruner.js';
import { ProcessStore } from './process.store.js';

/** How long processes that are stopped or gone are listed: a weekend. */
const KEPT_MS = 3 * 86_400_000;

/**
 * Deletes processes that stopped, or were last heard of, days ago.
 *
 * @internal
 */
@Injectable()
export class ProcessPruning implements OnModuleInit, Prunable {
  constructor(
    private readonly pruner: Pruner,
    private readonly store: ProcessStore,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.pruner.add(this);
  }

  /** @returns a text while there may be more to delete */
  async prune(_cutoffs: PruneCutoffs, limit: number): Promise<string | undefined> {
    const found = await this.store.forget(this.clock.now() - KEPT_MS, limit);
    return found < limit ? undefined : 'more';
  }
}
