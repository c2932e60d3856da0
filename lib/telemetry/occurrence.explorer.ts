import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { DecoratedMethods, type DecoratedMethod } from '../nest/decorated-methods.js';
import type { OccurrenceKind, OccurrenceOf } from './occurrence.js';
import { Occurrences } from './occurrences.js';
import { getOccurrenceKinds } from './on-occurrence.decorator.js';

type Method = (occurrence: OccurrenceOf<OccurrenceKind>) => unknown;

/**
 * Finds the `@OnOccurrence` methods of the application.
 *
 * @internal
 */
@Injectable()
export class OccurrenceExplorer implements OnModuleInit {
  private readonly methods: DecoratedMethods<readonly OccurrenceKind[]>;

  constructor(
    discovery: DiscoveryService,
    scanner: MetadataScanner,
    modules: ModulesContainer,
    private readonly occurrences: Occurrences,
  ) {
    this.methods = new DecoratedMethods(discovery, scanner, modules, getOccurrenceKinds);
  }

  onModuleInit(): void {
    for (const method of this.methods.findNew()) this.listen(method);
  }

  private listen({
    wrapper,
    host,
    methodName,
    metadata,
  }: DecoratedMethod<readonly OccurrenceKind[]>): void {
    if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) {
      const where = `${host.name}.${methodName}`;
      throw ConfigurationError.because(
        where,
        `@OnOccurrence on ${where}: the class is request-scoped or transient, so no instance can listen.`,
        'Give it, and what it injects, the default scope.',
      );
    }
    const { instance } = wrapper;
    this.occurrences.on(metadata, (occurrence) =>
      (instance as Record<string, Method>)[methodName]?.(occurrence),
    );
  }
}
