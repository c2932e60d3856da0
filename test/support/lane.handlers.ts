import { Injectable } from '@nestjs/common';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { TransactionalHandlerContext } from '../../lib/dispatch/handler-context.js';
import type { LaneKey } from '../../lib/dispatch/handler.js';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../../lib/event/webhook-event.js';

/** A step of something, which has steps after and before it. */
export interface Step {
  readonly of: string;
  readonly step: number;
}

/** What the handlers did in this test, such as `order:a1`. */
export const done: string[] = [];

/** Steps whose handlers throw, such as `order:a1`. */
export const failing = new Set<string>();

/** What the function of the odd handler gives. */
export const odd: { lane: () => unknown } = { lane: () => undefined };

@Entity({ name: 'lane_effect' })
export class LaneEffect {
  @PrimaryGeneratedColumn() id!: number;
  @Column('varchar') text!: string;
}

function act(handler: string, { data }: WebhookEvent<Step>): void {
  const text = `${handler}:${data.of}${data.step}`;
  done.push(text);
  if (failing.has(text)) throw new Error(`${text} fails`);
}

const lane = (event: WebhookEvent<Step>): LaneKey => event.data.of;

/** Handlers with lanes, and one without for the same events. */
@Injectable()
export class LaneHandlers {
  @OnWebhook('order.*', { lane, maxAttempts: 2 })
  order(event: WebhookEvent<Step>): void {
    act('order', event);
  }

  @OnWebhook('order.*')
  all(event: WebhookEvent<Step>): void {
    act('all', event);
  }

  @OnWebhook('held', { lane, maxAttempts: 1, whenHeadFails: 'hold' })
  held(event: WebhookEvent<Step>): void {
    act('held', event);
  }

  @OnWebhook('paid', { lane, transactional: true })
  async paid(event: WebhookEvent<Step>, { manager }: TransactionalHandlerContext): Promise<void> {
    await manager.insert(LaneEffect, { text: `${event.data.of}${event.data.step}` });
    act('paid', event);
  }

  @OnWebhook<Step>('odd', {
    lane: (event) => (event.data.of === 'odd' ? (odd.lane() as LaneKey) : event.data.of),
    maxAttempts: 2,
  })
  odd(event: WebhookEvent<Step>): void {
    act('odd', event);
  }
}

/** What one handler did. */
export const doneBy = (handler: string): string[] =>
  done.flatMap((text) => (text.startsWith(`${handler}:`) ? [text.slice(handler.length + 1)] : []));
