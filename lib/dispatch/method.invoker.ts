import { Injectable } from '@nestjs/common';
import {
  ApplicationConfig,
  ContextIdFactory,
  ExternalContextCreator,
  ModulesContainer,
  type ContextId,
} from '@nestjs/core';
import { stackOf } from '../errors/stack-of.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { Injector, ROUTE_ARGS_METADATA, type InstanceWrapper } from '../nest/internals.js';
import { Discard } from '../queue/discard.js';
import { RetryLater } from '../queue/retry-later.js';
import { FilterContext } from './filter.context.js';

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
  private readonly logger = new SafeLogger(MethodInvoker.name);
  private readonly injector = new Injector();
  private readonly filters: FilterContext;

  constructor(
    private readonly contexts: ExternalContextCreator,
    private readonly modules: ModulesContainer,
    config: ApplicationConfig,
  ) {
    this.filters = new FilterContext(modules, config);
  }

  /**
   * @param wrapper the provider or controller
   * @param methodName its method
   */
  create(wrapper: InstanceWrapper<object>, methodName: string): Invocation {
    if (wrapper.isDependencyTreeStatic()) return this.bind(wrapper, wrapper.instance, methodName);
    return async (...args) => {
      const contextId = ContextIdFactory.create();
      this.contexts.registerRequestProvider(args[0], contextId);
      const instance = await this.instantiate(wrapper, contextId);
      return this.bind(wrapper, instance, methodName, contextId)(...args);
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
    wrapper: InstanceWrapper<object>,
    instance: object,
    methodName: string,
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
      wrapper.id,
      { guards: true, interceptors: true, filters: false },
      WEBHOOK_CONTEXT_TYPE,
    );
    const ask = this.filters.of({
      instance,
      method,
      wrapper,
      contextId,
      contextType: WEBHOOK_CONTEXT_TYPE,
    });
    return async (...args) => {
      try {
        return await call(...args);
      } catch (error) {
        const verdict = await ask(error, args);
        if (verdict instanceof RetryLater || verdict instanceof Discard) return verdict;
        this.trace(methodName, error);
        throw error;
      }
    };
  }

  /** For whoever develops a handler; the queue has one line for each failed attempt. */
  private trace(methodName: string, error: unknown): void {
    const stack = this.logger.isDebugEnabled() ? stackOf(error) : undefined;
    if (stack !== undefined) this.logger.debug(`${methodName} threw: ${stack}`);
  }
}
