import type { ExceptionFilter, Type } from '@nestjs/common';
import {
  ApplicationConfig,
  type ContextId,
  type ModulesContainer,
  type NestContainer,
} from '@nestjs/core';
import {
  BaseExceptionFilterContext,
  EXCEPTION_FILTERS_METADATA,
  ExecutionContextHost,
  selectExceptionFilterMetadata,
  STATIC_CONTEXT,
  type ExceptionFilterMetadata,
  type InstanceWrapper,
} from '../nest/internals.js';
import { WEBHOOK_CONTEXT_TYPE, type HostMethod } from './host-method.js';

/** Gives an error to the filter that catches it. */
export type AskFilter = (error: unknown, args: readonly unknown[]) => Promise<unknown>;

/**
 * The host's exception filters: of the method, of its class, and global ones. Nest's own handler for errors
 * that no filter catches is left out. It would log the whole error with the parameters of a failed query, which
 * may hold payloads. The queue logs each failed attempt.
 *
 * @internal
 */
export class FilterContext extends BaseExceptionFilterContext {
  constructor(
    modules: ModulesContainer,
    private readonly config: ApplicationConfig,
  ) {
    // It asks a container for nothing else.
    super({ getModules: () => modules } as unknown as NestContainer);
  }

  /**
   * Prepares the filters of a method.
   *
   * @returns a function that never rejects: it gives what the filter returned or threw, or `undefined`
   * where none catches the error
   */
  of({ instance, method, wrapper, contextId }: HostMethod): AskFilter {
    this.moduleContext = wrapper.host?.token ?? '';
    const filters = this.createContext<unknown[], ExceptionFilterMetadata[]>(
      instance,
      method,
      EXCEPTION_FILTERS_METADATA,
      contextId,
      wrapper.id,
    ).toReversed();
    return async (error, args) => {
      try {
        const filter = selectExceptionFilterMetadata(filters, error);
        const host = new ExecutionContextHost([...args], instance.constructor as Type, method);
        host.setType(WEBHOOK_CONTEXT_TYPE);
        return await filter?.func(error, host);
      } catch (other) {
        return other;
      }
    };
  }

  /** As Nest's own context for callers other than HTTP has it. */
  override getGlobalMetadata<Filters extends unknown[]>(
    contextId: ContextId = STATIC_CONTEXT,
    inquirerId?: string,
  ): Filters {
    const scoped = this.config
      .getGlobalRequestFilters()
      .map((wrapper: InstanceWrapper<ExceptionFilter>) => ({
        wrapper,
        host: wrapper.getInstanceByContextId(this.getContextId(contextId, wrapper), inquirerId),
      }))
      .filter(({ wrapper, host }) => this.isInstantiated(wrapper, host))
      .map(({ host }) => host.instance);
    return [...this.config.getGlobalFilters(), ...scoped] as Filters;
  }
}
