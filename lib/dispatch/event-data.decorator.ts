import type { PipeTransform, Type } from '@nestjs/common';
import { setDataParameter } from './handler-metadata.accessor.js';

/**
 * Gives a handler's parameter the event's `data`, through the host's pipes as the body of a request: a
 * global `ValidationPipe` checks a parameter whose type is a DTO class, and what it finds wrong is the
 * reason of the failed attempt.
 *
 * @param pipes further pipes, for this parameter only
 * @example
 * ```ts
 * @OnWebhook('points.updated')
 * save(@EventData() points: PointsUpdatedDto) {}
 * ```
 * @publicApi
 */
export function EventData(
  ...pipes: readonly (Type<PipeTransform> | PipeTransform)[]
): ParameterDecorator {
  return (target, methodName, index) => {
    if (methodName !== undefined) setDataParameter(target, methodName, index, pipes);
  };
}
