import { ForbiddenException, type CanActivate } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer, NestContainer } from '@nestjs/core';
import { GuardsConsumer, GuardsContextCreator } from '../nest/internals.js';
import { isVerdict } from '../retry/verdict.js';
import { GuardRefusedError } from './guard-refused.error.js';
import { WEBHOOK_CONTEXT_TYPE, type HostMethod } from './host-method.js';

/** Asks the guards of a method. */
export type AskGuards = (args: readonly unknown[]) => Promise<void>;

/**
 * The host's guards: of the method, of its class, and the global ones where the option
 * `handlers.globalGuards` says so. Most global guards are made for requests, and would refuse every event.
 *
 * @internal
 */
export class GuardContext extends GuardsContextCreator {
  private readonly consumer = new GuardsConsumer();

  constructor(
    modules: ModulesContainer,
    config: ApplicationConfig,
    private readonly withGlobal: boolean,
  ) {
    // It asks a container for nothing else.
    super({ getModules: () => modules } as unknown as NestContainer, config);
  }

  /**
   * Prepares the guards of a method.
   *
   * @returns a function that rejects with a {@link GuardRefusedError}, or with the `RetryLater` or
   * `Discard` that a guard threw; `undefined` where the method has no guards
   */
  of({ instance, method, where, wrapper, contextId }: HostMethod): AskGuards | undefined {
    const module = String(wrapper.host?.token ?? '');
    const guards = this.create(instance, method, module, contextId, wrapper.id);
    if (guards.length === 0) return undefined;
    return async (args) => {
      for (const guard of guards) {
        try {
          const activates = await this.consumer.tryActivate(
            [guard],
            [...args],
            instance as never,
            method,
            WEBHOOK_CONTEXT_TYPE,
          );
          if (!activates) throw new ForbiddenException('Forbidden resource');
        } catch (error) {
          throw isVerdict(error) ? error : new GuardRefusedError(nameOf(guard), where, error);
        }
      }
    };
  }

  override getGlobalMetadata<Guards extends unknown[]>(
    contextId?: Parameters<GuardsContextCreator['getGlobalMetadata']>[0],
    inquirerId?: string,
  ): Guards {
    return this.withGlobal ? super.getGlobalMetadata<Guards>(contextId, inquirerId) : ([] as never);
  }
}

function nameOf(guard: CanActivate): string {
  const { name } = guard.constructor;
  return name === '' || name === 'Object' ? 'A guard' : name;
}
