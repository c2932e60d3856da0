import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  OnTimer,
  OnWebhook,
  TimerService,
  type TransactionalHandlerContext,
  type TransactionalTimerContext,
  type WebhookEvent,
} from '../../lib/index.js';
import { EffectEntity } from './effect.entity.js';
import { TimingEntity } from './timing.entity.js';
import { fatesOf } from './timing.history.js';

/** What to do to the timer of a key. */
export interface TimingOrder {
  readonly key: string;
  /** Sets it to run within a second or in an hour, or cancels it. */
  readonly action: TimingEntity['action'];
}

/** The payload of a timer. */
interface Set {
  readonly tryId: string;
}

/** Longest time until a timer runs that is set to run soon, in milliseconds. */
const SOON_MS = 1_000;

/** The part of the transactions that are rolled back at their end. */
const FAILING_PART = 0.2;

/** Kills and random failures use up attempts. */
const MAX_ATTEMPTS = 1_000;

const failAtRandom = (): void => {
  if (Math.random() < FAILING_PART) throw new Error('at random');
};

/** Sets, replaces and cancels timers in transactions, some of which are rolled back, and runs them. */
@Injectable()
export class TimingHandlers {
  constructor(private readonly timers: TimerService) {}

  @OnWebhook<TimingOrder>('timing', {
    name: 'timing',
    transactional: true,
    maxAttempts: MAX_ATTEMPTS,
  })
  async timing(
    { data }: WebhookEvent<TimingOrder>,
    { manager }: TransactionalHandlerContext,
  ): Promise<void> {
    const { key, action } = data;
    const tryId = randomUUID();
    process.stdout.write(`tried ${tryId} ${action}\n`);
    const answer =
      action === 'cancel'
        ? (`${await this.timers.cancel('timing', key, { manager })}` as const)
        : (
            await this.timers.set(
              'timing',
              { key, ...timeOf(action), payload: { tryId } },
              { manager },
            )
          ).status;
    await manager.insert(TimingEntity, { key, tryId, action, answer });
    failAtRandom();
  }

  /** Tells what had been committed about it when the attempt began. */
  @OnTimer('timing', { transactional: true, maxAttempts: MAX_ATTEMPTS })
  async run({ tryId }: Set, { manager, key, attempt }: TransactionalTimerContext): Promise<void> {
    const timings = await manager.find(TimingEntity, { where: { key }, order: { id: 'ASC' } });
    const fate = fatesOf(timings).get(tryId) ?? 'not set';
    process.stdout.write(`timed ${tryId} ${fate}\n`);
    await manager.insert(EffectEntity, { eventId: tryId, attempt });
    failAtRandom();
  }
}

function timeOf(action: 'soon' | 'late'): { readonly in: number | '1h' } {
  return { in: action === 'soon' ? Math.random() * SOON_MS : '1h' };
}
