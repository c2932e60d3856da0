import { Injectable } from '@nestjs/common';
import { OnWebhook, RetryLater, type HandlerContext, type WebhookEvent } from '../../lib/index.js';

/** One of the steps of a lane, from 1. */
interface Step {
  readonly lane: number;
  readonly step: number;
}

/** The parts of the attempts that end in these ways. */
const THROWS = 0.08;
const LATER = 0.16;

/** Longest work of an attempt, in milliseconds. */
const WORK_MS = 4;

/** Tells the start and the end of each attempt, with a time that all processes of the machine share. */
function tell({ data }: WebhookEvent<Step>, what: 'start' | 'ok' | 'failed'): void {
  const { lane, step } = data;
  process.stdout.write(`laned ${lane} ${step} ${what} ${process.pid} ${process.hrtime.bigint()}\n`);
}

/** Fails at random, and never for good. */
@Injectable()
export class LaneHandlers {
  @OnWebhook<Step>('laned', {
    name: 'laned',
    lane: (event) => event.data.lane,
    whenHeadFails: 'hold',
    maxAttempts: 1_000_000,
  })
  async run(
    event: WebhookEvent<Step>,
    { signal }: HandlerContext,
  ): Promise<RetryLater | undefined> {
    tell(event, 'start');
    await new Promise((resolve) => {
      setTimeout(resolve, Math.random() * WORK_MS);
    });
    const chance = Math.random();
    tell(event, chance < LATER || signal.aborted ? 'failed' : 'ok');
    if (chance < THROWS) throw new Error('at random');
    return chance < LATER ? new RetryLater(Math.random() * 100, 'at random') : undefined;
  }
}
