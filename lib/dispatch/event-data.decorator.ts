import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { WebhookEvent } from '../event/webhook-event.js';

/**
 * Gives a handler's parameter the event's `data`, through the host's pipes: a global
 * `ValidationPipe` checks and transforms a parameter whose type is a DTO class.
 *
 * @example
 * ```ts
 * @OnWebhook('points.updated')
 * save(@EventData() points: PointsUpdatedDto) {}
 * ```
 * @publicApi
 */
export const EventData = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.getArgByIndex<WebhookEvent>(0).data,
);
