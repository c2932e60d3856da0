import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { DecoratedMethods, type DecoratedMethod } from '../nest/decorated-methods.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import {
  getControllerSource,
  getHandlerMetadata,
  type HandlerMetadata,
} from './handler-metadata.accessor.js';
import { compilePatterns } from './compile-patterns.js';
import type { Handler } from './handler.js';
import type { HandlerFinder } from './handler.registry.js';
import { integer } from '../options/option.kinds.js';
import { MethodInvoker } from './method.invoker.js';

/**
 * Finds the `@OnWebhook` methods of the host.
 *
 * @internal
 */
@Injectable()
export class HandlerExplorer implements HandlerFinder {
  private readonly methods: DecoratedMethods<HandlerMetadata>;

  constructor(
    discovery: DiscoveryService,
    scanner: MetadataScanner,
    modules: ModulesContainer,
    private readonly invoker: MethodInvoker,
  ) {
    this.methods = new DecoratedMethods(discovery, scanner, modules, getHandlerMetadata);
  }

  findNew(): Handler[] {
    return this.methods.findNew().map((method) => this.toHandler(method));
  }

  private toHandler({
    wrapper,
    host,
    methodName,
    metadata,
  }: DecoratedMethod<HandlerMetadata>): Handler {
    const where = `${host.name}.${methodName}`;
    return {
      name: metadata.name ?? where,
      patterns: compilePatterns('@OnWebhook', where, metadata.patterns),
      source: metadata.source ?? getControllerSource(host),
      schema: metadata.schema,
      transactional: metadata.transactional ?? false,
      timeoutMs: metadata.timeoutMs,
      maxAttempts: metadata.maxAttempts,
      concurrency: checkedConcurrency(where, metadata.concurrency),
      ...checkedLane(where, metadata),
      handle: this.invoker.create(wrapper, methodName),
    };
  }
}

function checkedConcurrency(where: string, given: number | undefined): number | undefined {
  return integer(undefined, { min: 1 }).resolve(given, `@OnWebhook of ${where}: concurrency`);
}

function checkedLane(
  where: string,
  { lane, whenHeadFails }: HandlerMetadata,
): Pick<Handler, 'lane' | 'whenHeadFails'> {
  if (lane !== undefined && typeof lane !== 'function') {
    throw ConfigurationError.invalidOption(
      `@OnWebhook of ${where}: lane`,
      'a function of the event',
      lane,
      'Return the key of the lane: lane: (event) => event.data.orderId.',
    );
  }
  const isKnown = whenHeadFails === undefined || ['hold', 'skip'].includes(whenHeadFails);
  if (!isKnown || (whenHeadFails !== undefined && lane === undefined)) {
    throw ConfigurationError.invalidOption(
      `@OnWebhook of ${where}: whenHeadFails`,
      "'hold' or 'skip', beside a lane",
      whenHeadFails,
      'Leave it out, or say by `lane` which events wait for each other.',
    );
  }
  return { lane, whenHeadFails };
}
