import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { DecoratedMethods, type DecoratedMethod } from '../nest/decorated-methods.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { getPollMetadata, type PollMetadata } from './poll-metadata.accessor.js';
import type { Poller } from './poller.js';
import { PollerFactory } from './poller.factory.js';

/**
 * Finds the `@Poll` methods of the host.
 *
 * @internal
 */
@Injectable()
export class PollExplorer {
  private readonly methods: DecoratedMethods<PollMetadata>;
  /** By name in lower case: tables of databases are not all strict about case. */
  private readonly found = new Map<string, Poller>();

  constructor(
    discovery: DiscoveryService,
    scanner: MetadataScanner,
    modules: ModulesContainer,
    private readonly factory: PollerFactory,
  ) {
    this.methods = new DecoratedMethods(discovery, scanner, modules, getPollMetadata);
  }

  /**
   * All pollers, also those of modules that were loaded since the last call.
   *
   * @throws {ConfigurationError} when one that was not found before is not well configured
   */
  all(): readonly Poller[] {
    for (const method of this.methods.findNew()) this.add(this.toPoller(method));
    return [...this.found.values()];
  }

  /** The names of all pollers: their events carry them as source. */
  names(): readonly string[] {
    return this.all().map(({ name }) => name);
  }

  private toPoller({ wrapper, host, methodName, metadata }: DecoratedMethod<PollMetadata>): Poller {
    const where = `${host.name}.${methodName}`;
    if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) {
      throw ConfigurationError.because(
        '@Poll',
        `${where} is a poller, but ${host.name} is request-scoped or transient, or depends on a provider that is.`,
        'There is no request when a poller runs: move it to a provider of the default scope.',
      );
    }
    const instance = wrapper.instance as Record<string, (...args: unknown[]) => unknown>;
    return this.factory.create(where, metadata, async (...args) => instance[methodName]?.(...args));
  }

  private add(poller: Poller): void {
    const key = poller.name.toLowerCase();
    if (this.found.has(key)) {
      throw ConfigurationError.duplicateName(
        `@Poll('${poller.name}').name`,
        'pollers',
        poller.name,
        'Their cursors and events could not be told apart: give one of them another name.',
      );
    }
    this.found.set(key, poller);
  }
}
