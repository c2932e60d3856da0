import type { Type } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { ROUTE_ARGS_METADATA, RouteParamtypes } from '../nest/internals.js';
import type { OnWebhookOptions } from './on-webhook.options.js';

const HANDLER = Symbol('hookline:handler');
const CONTROLLER_SOURCE = Symbol('hookline:controller-source');

/** What `@OnWebhook` says of a method. */
export type HandlerMetadata = OnWebhookOptions & { readonly patterns: readonly string[] };

/** Kept by Nest for each decorated parameter of a method: where it is, and which pipes it has. */
type ParameterMetadata = Record<string, { readonly index: number }>;

/** The parameters of a handler that has not decorated them itself: the event and its context. */
const PLAIN_PARAMETERS = [0, 1];

/** @internal */
export function setHandlerMetadata(
  target: object,
  methodName: string | symbol,
  method: unknown,
  metadata: HandlerMetadata,
): void {
  if (typeof method !== 'function') return;
  if (Reflect.hasOwnMetadata(HANDLER, method)) {
    throw ConfigurationError.because(
      '@OnWebhook',
      `${target.constructor.name}.${String(methodName)} has two @OnWebhook decorators.`,
      "Give one an array of patterns: @OnWebhook(['order.paid', 'order.refunded']).",
    );
  }
  Reflect.defineMetadata(HANDLER, metadata, method);
  describeParameters(target, methodName);
}

/** @internal */
export function getHandlerMetadata(method: object): HandlerMetadata | undefined {
  return Reflect.getMetadata(HANDLER, method) as HandlerMetadata | undefined;
}

/** @internal */
export function setControllerSource(target: object, source: string): void {
  Reflect.defineMetadata(CONTROLLER_SOURCE, source, target);
}

/** @internal */
export function getControllerSource(target: Type | object): string | undefined {
  return Reflect.getMetadata(CONTROLLER_SOURCE, target) as string | undefined;
}

/**
 * Nest is told that the parameter is the body of a request: a `ValidationPipe` passes over parameters with
 * custom decorators.
 *
 * @internal
 */
export function setDataParameter(
  target: object,
  methodName: string | symbol,
  index: number,
  pipes: readonly unknown[],
): void {
  Reflect.defineMetadata(
    ROUTE_ARGS_METADATA,
    {
      ...parametersOf(target, methodName),
      [`${RouteParamtypes.BODY}:${index}`]: { index, data: undefined, pipes: [...pipes] },
    },
    target.constructor,
    methodName,
  );
}

/** Pipes apply only to parameters that Nest knows: this registers those without a decorator. */
function describeParameters(target: object, methodName: string | symbol): void {
  const known = parametersOf(target, methodName);
  const taken = new Set(Object.values(known).map(({ index }) => index));
  const plain = PLAIN_PARAMETERS.filter((index) => !taken.has(index)).map((index) => [
    `${index}:${index}`,
    { index, pipes: [] },
  ]);
  Reflect.defineMetadata(
    ROUTE_ARGS_METADATA,
    { ...known, ...Object.fromEntries(plain) },
    target.constructor,
    methodName,
  );
}

function parametersOf(target: object, methodName: string | symbol): ParameterMetadata {
  return (
    (Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, methodName) as
      ParameterMetadata | undefined) ?? {}
  );
}
