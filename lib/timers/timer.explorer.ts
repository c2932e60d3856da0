import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { MethodInvoker } from '../dispatch/method.invoker.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { DecoratedMethods, type DecoratedMethod } from '../nest/decorated-methods.js';
import { getTimerMetadata, type TimerMetadata } from './timer-metadata.accessor.js';
import { isTimerName, MAX_NAME_LENGTH } from './timer-request.js';
import type { TimerMethod } from './timer.method.js';

/**
 * Finds the `@OnTimer` methods of the host.
 *
 * @internal
 */
@Injectable()
export class TimerExplorer {
  private readonly methods: DecoratedMethods<TimerMetadata>;

  constructor(
    discovery: DiscoveryService,
    scanner: MetadataScanner,
    modules: ModulesContainer,
    private readonly invoker: MethodInvoker,
  ) {
    this.methods = new DecoratedMethods(discovery, scanner, modules, getTimerMetadata);
  }

  /**
   * The methods of classes that were not there at the last call.
   *
   * @throws {ConfigurationError} for a name that no timer can have
   */
  findNew(): TimerMethod[] {
    return this.methods.findNew().map((method) => this.toMethod(method));
  }

  private toMethod({
    wrapper,
    host,
    methodName,
    metadata,
  }: DecoratedMethod<TimerMetadata>): TimerMethod {
    const { name, schema, transactional = false, timeoutMs, maxAttempts } = metadata;
    if (!isTimerName(name)) {
      throw ConfigurationError.invalidOption(
        `@OnTimer of ${host.name}.${methodName}: name`,
        `a text of 1 to ${MAX_NAME_LENGTH} characters without U+0000`,
        name,
        'Give the timer a name that never changes: timers that wait are stored under it.',
      );
    }
    const run = this.invoker.create(wrapper, methodName);
    return { name, schema, transactional, timeoutMs, maxAttempts, run };
  }
}
