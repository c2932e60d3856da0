import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { SqlDatabase } from '../database/sql-database.js';
import { HandlerDirectory } from '../dispatch/handler.directory.js';
import { HandlerRegistry } from '../dispatch/handler.registry.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { PollExplorer } from '../polling/poll.explorer.js';
import { RESOLVED_QUEUE_OPTIONS, type ResolvedQueueOptions } from '../queue/queue.options.js';
import {
  RESOLVED_RECEIVER_OPTIONS,
  type ResolvedReceiverOptions,
} from '../receiver/receiver.options.js';
import { WebhookCoreModule } from './webhook-core.module.js';
import { startupLine } from './webhook.startup-line.js';

/**
 * Checks what only shows when all features are put together.
 *
 * @internal
 */
@Injectable()
export class WebhookStartup implements OnApplicationBootstrap {
  private readonly logger = new SafeLogger('WebhookModule');

  constructor(
    private readonly modules: ModulesContainer,
    private readonly database: SqlDatabase,
    @Inject(RESOLVED_RECEIVER_OPTIONS) private readonly receiver: ResolvedReceiverOptions,
    private readonly pollers: PollExplorer,
    private readonly handlers: HandlerRegistry,
    private readonly directory: HandlerDirectory,
    private readonly config: ApplicationConfig,
    @Inject(RESOLVED_QUEUE_OPTIONS) private readonly queue: ResolvedQueueOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.assertOneModule();
    this.assertDistinctNames();
    this.assertKnownSources();
    await this.directory.onApplicationBootstrap();
    // Where the first look at the others' handlers has failed, nothing can be said of what is missing.
    if (this.directory.isKnown) {
      if (this.directory.plansForOthers) this.warnOfMissingHandlers();
      this.warnOfUnhandledSources();
    }
    await this.prepareDatabase();
    this.logger.log(this.line());
  }

  private sources(): string[] {
    return [...this.receiver.sources.keys()];
  }

  private assertOneModule(): void {
    const cores = [...this.modules.values()].filter(
      ({ metatype }) => metatype === WebhookCoreModule,
    );
    if (cores.length > 1) {
      throw ConfigurationError.because(
        'WebhookModule',
        'WebhookModule.forRoot is imported twice in one application.',
        'Import it once, in the root module, with all sources; its services can be injected everywhere.',
      );
    }
  }

  private assertDistinctNames(): void {
    const sources = new Set(this.sources().map((name) => name.toLowerCase()));
    const shared = this.pollers.names().find((name) => sources.has(name.toLowerCase()));
    if (shared !== undefined) {
      throw ConfigurationError.duplicateName(
        `sources.${shared}`,
        'sources (one of `sources`, one a poller)',
        shared,
        'Their events could not be told apart: give one of them another name.',
      );
    }
  }

  private assertKnownSources(): void {
    const known = [...this.sources(), ...this.pollers.names()];
    for (const { name, source } of this.handlers.all()) {
      if (source === undefined || known.includes(source)) continue;
      throw ConfigurationError.because(
        name.startsWith('rule:') ? '@Rule' : '@OnWebhook',
        `${name} wants events of the source '${source}', which does not exist.`,
        known.length === 0
          ? 'Add it to `sources` in WebhookModule.forRoot.'
          : `Add it to \`sources\` in WebhookModule.forRoot, or name one of: ${known.join(', ')}.`,
      );
    }
  }

  /** A process that only receives knows its events' handlers by what others have said of theirs. */
  private warnOfMissingHandlers(): void {
    const others = this.directory.all().length;
    if (this.queue.enabled) {
      if (others === 0) return;
      this.logger.warn(
        `This process has no @OnWebhook handler and no @Rule. Its events are given to the ${others} that ` +
          'other processes have. Set `queue.enabled: false`, so that it does not look through their jobs in vain.',
      );
    } else if (others === 0 && this.handlers.all().length === 0) {
      this.logger.warn(
        'This process runs no jobs and has no handlers, and no process that runs jobs has said yet which ' +
          'handlers it has: until one has started, events are stored and ignored. ' +
          'InboxService.replay({ from }) gives them to handlers afterwards.',
      );
    }
  }

  private line(): string {
    const handlers = this.handlers.all();
    const rules = handlers.filter(({ name }) => name.startsWith('rule:')).length;
    const prefix = this.config.getGlobalPrefix().replace(/^\/+|\/+$/g, '');
    const { path } = this.receiver;
    return startupLine({
      path: prefix === '' ? path : `${prefix}/${path}`,
      sources: this.sources(),
      handlers: handlers.length - rules,
      rules,
      pollers: this.pollers.names().length,
      runsJobs: this.queue.enabled,
      dataSource: this.database.dataSource,
    });
  }

  private warnOfUnhandledSources(): void {
    for (const source of [...this.sources(), ...this.pollers.names()]) {
      const wanted = [...this.handlers.all(), ...this.directory.all()].some(
        (handler) => handler.source === undefined || handler.source === source,
      );
      if (!wanted) {
        this.logger.warn(
          `No @OnWebhook handler and no @Rule wants events of '${source}': they are stored and ignored.`,
        );
      }
    }
  }

  private async prepareDatabase(): Promise<void> {
    const limits = [...this.receiver.sources].map(
      ([source, { bodyLimitBytes }]) => [source, bodyLimitBytes] as const,
    );
    const warnings = await this.database.prepare({
      bodyLimits: new Map(limits),
      transactionalHandler: this.handlers.all().find((handler) => handler.transactional)?.name,
    });
    for (const warning of warnings) this.logger.warn(warning);
  }
}
