import { Injectable } from '@nestjs/common';
import type { WebhookEvent } from '../event/webhook-event.js';
import { REPLAY_JOB } from './dispatcher.js';
import type { HandlerContext } from './handler-context.js';
import type { Handler } from './handler.js';
import { HandlerRunner } from './handler.runner.js';

/**
 * Runs one handler for one event that is replayed: a rule learns from it, and fires nothing.
 *
 * @internal
 */
@Injectable()
export class ReplayRunner extends HandlerRunner {
  override readonly kind = REPLAY_JOB;

  protected override call(
    handler: Handler,
    event: WebhookEvent,
    context: HandlerContext,
  ): Promise<unknown> {
    return handler.learn?.(event, context) ?? handler.handle(event, context);
  }
}
