import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { Pruner } from '../retention/pruner.js';
import type { Prunable, PruneCutoffs } from '../retention/table.pruner.js';
import { CountStore } from './count.store.js';
import { GRAINS, type CountGrain } from './counted.js';

/** How long counts are kept, in days. */
const KEPT_DAYS: Readonly<Record<CountGrain, number>> = { minute: 2, hour: 60, day: 730 };

/**
 * Deletes old counts: minutes after 2 days, hours after 60, days after two years.
 *
 * @internal
 */
@Injectable()
export class CountPruning implements OnModuleInit, Prunable {
  constructor(
    private readonly pruner: Pruner,
    private readonly store: CountStore,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.pruner.add(this);
  }

  /** @returns the grain to go on with */
  async prune(_cutoffs: PruneCutoffs, limit: number, from?: string): Promise<string | undefined> {
    const grains = Object.keys(KEPT_DAYS) as CountGrain[];
    const index = Math.max(0, grains.indexOf(from as CountGrain));
    const grain = grains[index] ?? 'minute';
    const before = this.clock.now() - KEPT_DAYS[grain] * GRAINS.day;
    return (await this.store.prune(grain, before, limit)) ? grain : grains[index + 1];
  }
}
