import { Inject, Injectable } from '@nestjs/common';
import {
  ApplicationConfig,
  ContextIdFactory,
  ExternalContextCreator,
  ModulesContainer,
  type ContextId,
} from '@nestjs/core';
import { stackOf } from '../errors/stack-of.js';
import { SafeLogger } from '../logging/safe.logger.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import {
  Injector,
  ROUTE_ARGS_METADATA,
  RouteParamtypes,
  type InstanceWrapper,
} from '../nest/internals.js';
import { isVerdict } from '../retry/verdict.js';
import { FilterContext } from './filter.context.js';
import { GuardContext } from './guard.context.js';
import { GuardRefusedError } from './guard-refused.error.js';
import { HANDLERS_OPTIONS, type ResolvedHandlersOptions } from './handlers.options.js';
import { WEBHOOK_CONTEXT_TYPE, type HostMethod } from './host-method.js';
import { InterceptorContext } from './interceptor.context.js';

/** Calls a method; the first argument stands for the request in request-scoped providers. */
export type Invocation = (...args: readonly unknown[]) => Promise<unknown>;
type Method = (...args: unknown[]) => unknown;

/** Gives `@EventData()` the data, and a parameter that carries no decorator the argument at its own position. */
const PARAMETERS = {
  exchangeKeyForValue: (type: number, _data: unknown, args: unknown[]): unknown =>
    type === (RouteParamtypes.BODY as number) ? (args[0] as WebhookEvent).data : args[type],
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
  private readonly guards: GuardContext;
  private readonly interceptors: InterceptorContext;
  private readonly filters: FilterContext;

  constructor(
    private readonly contexts: ExternalContextCreator,
    private readonly modules: ModulesContainer,
    config: ApplicationConfig,
    @Inject(HANDLERS_OPTIONS.token) options: ResolvedHandlersOptions,
  ) {
    this.guards = new GuardContext(modules, config, options.globalGuards);
    this.interceptors = new InterceptorContext(modules, config);
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
    const where = `${wrapper.name}.${methodName}`;
    const host: HostMethod = { instance, method, where, wrapper, contextId };
    const bare = this.contexts.create(
      instance,
      method,
      methodName,
      ROUTE_ARGS_METADATA,
      PARAMETERS,
      contextId,
      wrapper.id,
      { guards: false, interceptors: false, filters: false },
      WEBHOOK_CONTEXT_TYPE,
    );
    const askGuards = this.guards.of(host);
    const call = this.interceptors.around(bare, host);
    const askFilter = this.filters.of(host);
    return async (...args) => {
      try {
        if (askGuards !== undefined) await askGuards(args);
        return await call(...args);
      } catch (error) {
        const verdict = await askFilter(thrownByHost(error), args);
        if (isVerdict(verdict)) return verdict;
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

/** Filters know the exceptions of Nest and of the host. */
function thrownByHost(error: unknown): unknown {
  return error instanceof GuardRefusedError ? error.cause : error;
}
