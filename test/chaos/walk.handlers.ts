import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  OnTimer,
  OnWebhook,
  Rule,
  TimerService,
  type RuleMatch,
  type TransactionalHandlerContext,
  type TransactionalTimerContext,
  type WebhookEvent,
} from '../../lib/index.js';
import { WalkEntity } from './walk.entity.js';

/** One of the steps of a walker, from 1. */
export interface Step {
  readonly walker: string;
  readonly step: number;
}

/** Longest time until a timer that is not cancelled fires, in milliseconds. */
const SOON_MS = 500;

const keyOf = ({ walker, step }: Step, back = 0): string => `${walker}:${step - back}`;

const write = (manager: EntityManager, { walker, step }: Step, what: WalkEntity['what']) =>
  manager.insert(WalkEntity, { walker, step, what });

function expectAnswer(answer: unknown, expected: unknown, step: Step): void {
  if (answer === expected) return;
  throw new Error(`a timer's answer was ${answer}, not ${expected}, at ${keyOf(step)}`);
}

/** What every load carries along: a lane, a rule with firings, and timers. */
@Injectable()
export class WalkHandlers {
  constructor(private readonly timers: TimerService) {}

  /** A timer is set at the first of three steps and fires after the second; another one is cancelled at the third. */
  @OnWebhook<Step>('step', {
    name: 'walk',
    lane: ({ data }) => data.walker,
    whenHeadFails: 'hold',
    transactional: true,
  })
  async walk(
    { data }: WebhookEvent<Step>,
    { manager }: TransactionalHandlerContext,
  ): Promise<void> {
    await write(manager, data, 'handled');
    const set = async (back: number, time: number | '1h'): Promise<string> => {
      const timer = { key: keyOf(data, back), in: time, payload: data };
      return (await this.timers.set('walk', timer, { manager })).status;
    };
    if (data.step % 3 === 2) {
      expectAnswer(await set(1, Math.floor(Math.random() * SOON_MS)), 'replaced', data);
    }
    if (data.step % 3 !== 0) expectAnswer(await set(0, '1h'), 'set', data);
    else expectAnswer(await this.timers.cancel('walk', keyOf(data, 1), { manager }), true, data);
  }

  @Rule<Step>({
    name: 'walk',
    on: 'step',
    subject: ({ data }) => data.walker,
    when: ({ data }) => data.step % 2 === 1,
  })
  async fired({ event }: RuleMatch<Step>, { manager }: TransactionalHandlerContext): Promise<void> {
    await write(manager, event.data, 'fired');
  }

  @OnTimer('walk', { transactional: true })
  async timed(step: Step, { manager }: TransactionalTimerContext): Promise<void> {
    await write(manager, step, 'timed');
  }
}
