import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { DecoratedMethods, type DecoratedMethod } from '../nest/decorated-methods.js';
import { compilePatterns } from '../dispatch/compile-patterns.js';
import type { Handler } from '../dispatch/handler.js';
import { HandlerRegistry, type HandlerFinder } from '../dispatch/handler.registry.js';
import { MethodInvoker } from '../dispatch/method.invoker.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { handlerNameOf } from './handler-name.js';
import { getRuleMetadata } from './rule-metadata.accessor.js';
import type { RuleOptions } from './rule.options.js';
import { RuleRegistry } from './rule.registry.js';
import { RuleJudge } from './rule.judge.js';
import { subjectOf } from './rule.subject.js';

const MAX_NAME_LENGTH = 200;

/**
 * Finds the `@Rule` methods of the host, and makes each a transactional handler of its events.
 *
 * @internal
 */
@Injectable()
export class RuleExplorer implements HandlerFinder, OnModuleInit {
  private readonly methods: DecoratedMethods<RuleOptions>;

  constructor(
    discovery: DiscoveryService,
    scanner: MetadataScanner,
    modules: ModulesContainer,
    private readonly handlers: HandlerRegistry,
    private readonly rules: RuleRegistry,
    private readonly judge: RuleJudge,
    private readonly invoker: MethodInvoker,
  ) {
    this.methods = new DecoratedMethods(discovery, scanner, modules, getRuleMetadata);
  }

  onModuleInit(): void {
    this.handlers.addFinder(this);
  }

  findNew(): Handler[] {
    return this.methods.findNew().map((method) => this.toHandler(method));
  }

  private toHandler({
    wrapper,
    host,
    methodName,
    metadata,
  }: DecoratedMethod<RuleOptions>): Handler {
    const where = `${host.name}.${methodName}`;
    assertName(metadata.name, where);
    assertFirst(metadata.first, where);
    const rule = { options: metadata, fire: this.invoker.create(wrapper, methodName) };
    this.rules.add(rule);
    return {
      name: handlerNameOf(metadata.name),
      patterns: compilePatterns('@Rule', where, [metadata.on].flat()),
      source: metadata.source,
      schema: metadata.schema,
      transactional: true,
      timeoutMs: undefined,
      maxAttempts: undefined,
      lane: (event) => laneOf(metadata, event),
      // A judgement that is given up must not keep the subject's later events waiting.
      whenHeadFails: 'skip',
      handle: (event, context) => this.judge.judge(metadata, event, context, false),
      learn: (event, context) => this.judge.judge(metadata, event, context, true),
    };
  }
}

/**
 * Events of one subject are judged one after the other. An event whose subject cannot be told waits for no other,
 * and no other waits for it: its judgement fails by itself, and says why.
 */
function laneOf(rule: RuleOptions, event: WebhookEvent): string | undefined {
  try {
    const subject = subjectOf(rule, event);
    return subject === undefined ? undefined : JSON.stringify([event.tenant, subject]);
  } catch {
    return undefined;
  }
}

function assertFirst(first: unknown, where: string): void {
  if (first === undefined || first === 'fire' || first === 'observe') return;
  throw ConfigurationError.invalidOption(
    `@Rule of ${where}: first`,
    "'fire' or 'observe'",
    first,
    "Give 'observe' to have the first event of a subject only teach, or leave it out.",
  );
}

function assertName(name: unknown, where: string): void {
  if (typeof name === 'string' && name.trim() !== '' && name.length <= MAX_NAME_LENGTH) return;
  throw ConfigurationError.invalidOption(
    `@Rule of ${where}: name`,
    `a text of 1 to ${MAX_NAME_LENGTH} characters`,
    name,
    'Give the rule a name that never changes: its state is stored under it.',
  );
}
