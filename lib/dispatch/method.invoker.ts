import { Injectable } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import {
  ContextIdFactory,
  ExternalContextCreator,
  ModulesContainer,
  type ContextId,
} from '@nestjs/core';
import { Injector, type InstanceWrapper } from '@nestjs/core/internal';
import { Discard } from '../queue/discard.js';
import { RetryLater } from '../queue/retry-later.js';

/** Type of the execution context in which guards, interceptors and filters find themselves. */
export const WEBHOOK_CONTEXT_TYPE = 'webhook';

/** Calls a method; the first argument stands for the request in request-scoped providers. */
export type Invocation = (...args: readonly unknown[]) => Promise<unknown>;
type Method = (...args: unknown[]) => unknown;

/** Gives a parameter that carries no decorator the argument at its own position. */
const POSITIONAL = {
  exchangeKeyForValue: (index: number, _data: unknown, args: unknown[]): unknown => args[index],
};

/**
 * Calls methods of the host's providers and controllers within its guards, pipes, interceptors and
 * filters; of request-scoped classes, on an instance of their own for each call.
 *
 * @internal
 */
@Injectable()
export class MethodInvoker {
  private readonly injector = new Injector();

  constructor(
    private readonly contexts: ExternalContextCreator,
    private readonly modules: ModulesContainer,
  ) {}

  /**
   * @param wrapper the provider or controller
   * @param methodName its method
   */
  create(wrapper: InstanceWrapper<object>, methodName: string): Invocation {
    if (wrapper.isDependencyTreeStatic())
      return this.bind(wrapper.instance, methodName, wrapper.id);
    return async (...args) => {
      const contextId = ContextIdFactory.create();
      this.contexts.registerRequestProvider(args[0], contextId);
      const instance = await this.instantiate(wrapper, contextId);
      return this.bind(instance, methodName, wrapper.id, contextId)(...args);
    };
  }

  private async instantiate(
    wrapper: InstanceWrapper<object>,
    contextId: ContextId,
  ): Promise<object> {
    const module = [...this.modules.values()].find((candidate) => candidate === wrapper.host);
    if (module === undefined) throw new TypeError(`The module of ${wrapper.name} is gone.`);
    const collection = module.controllers.has(wrapper.token as never)
      ? module.controllers
      : module.providers;
    return this.injector.loadPerContext(wrapper.instance, module, collection, contextId, wrapper);
  }

  /**
   * A filter sees an error and may turn it into a `RetryLater` or `Discard`. Whatever else it does,
   * the attempt has failed: a filter made for HTTP must not pass for a handler that succeeded.
   */
  private bind(
    instance: object,
    methodName: string,
    id: string,
    contextId?: ContextId,
  ): Invocation {
    const method = (instance as Record<string, Method>)[methodName] as Method;
    const call = this.contexts.create(
      instance,
      method,
      methodName,
      ROUTE_ARGS_METADATA,
      POSITIONAL,
      contextId,
      id,
      { guards: true, interceptors: true, filters: false },
      WEBHOOK_CONTEXT_TYPE,
    );
    const filter = this.contexts.create(
      instance,
      rethrowing(method),
      methodName,
      undefined,
      undefined,
      contextId,
      id,
      { guards: false, interceptors: false, filters: true },
      WEBHOOK_CONTEXT_TYPE,
    );
    return async (...args) => {
      try {
        return await call(...args);
      } catch (error) {
        const verdict: unknown = await filter(...args, error).catch((other: unknown) => other);
        if (verdict instanceof RetryLater || verdict instanceof Discard) return verdict;
        throw error;
      }
    };
  }
}

/** Throws the error that it is called with, under the filters of the method. */
function rethrowing(method: Method): Method {
  const rethrow: Method = (...args) => {
    throw args.at(-1);
  };
  const filters: unknown = Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, method);
  if (filters !== undefined) Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, filters, rethrow);
  return rethrow;
}
