import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { MysqlDatabase } from '../database/mysql/mysql.database.js';
import { SqlDatabase } from '../database/sql-database.js';
import { SqliteDatabase, writesAhead } from '../database/sqlite/sqlite.database.js';
import { HandlerDirectory } from '../dispatch/handler.directory.js';
import { HandlerRegistry } from '../dispatch/handler.registry.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { PollExplorer } from '../polling/poll.explorer.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../queue/queue.options.js';
import { RECEIVER_OPTIONS, type ResolvedReceiverOptions } from '../receiver/receiver.options.js';
import { WebhookCoreModule } from './webhook-core.module.js';
import { startupLine } from './webhook.startup-line.js';

/**
 * Checks what no feature can check by itself.
 *
 * @internal
 */
@Injectable()
export class WebhookStartup implements OnApplicationBootstrap {
  private readonly logger = new SafeLogger('WebhookModule');

  constructor(
    private readonly modules: ModulesContainer,
    private readonly database: SqlDatabase,
    @Inject(RECEIVER_OPTIONS.token) private readonly receiver: ResolvedReceiverOptions,
    private readonly pollers: PollExplorer,
    private readonly handlers: HandlerRegistry,
    private readonly directory: HandlerDirectory,
    private readonly config: ApplicationConfig,
    @Inject(QUEUE_OPTIONS.token) private readonly queue: ResolvedQueueOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.assertOneModule();
    this.assertDistinctNames();
    this.assertKnownSources();
    await this.directory.onApplicationBootstrap();
    // Where the other processes' handlers could not be read, a handler that seems missing may exist.
    if (this.directory.isKnown) {
      if (this.directory.plansForOthers) this.warnOfMissingHandlers();
      this.warnOfUnhandledSources();
    }
    this.warnOfOneConnection();
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

  /** A process that only receives knows handlers only by what other processes have stored of theirs. */
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

  private warnOfOneConnection(): void {
    if (!this.database.hasOneConnection) return;
    const transactional = this.handlers.all().filter((handler) => handler.transactional);
    if (transactional.length === 0) return;
    this.logger.warn(
      'The pool of the data source has one connection, and a transactional handler or rule ' +
        `(${transactional[0]?.name}) has it for as long as it runs: accepting events, claiming jobs and ` +
        'renewing leases wait meanwhile, and what a handler asks of the data source itself waits until its ' +
        'time-out. Set `poolSize` to 5 or more in TypeOrmModule.forRoot.',
    );
  }

  private async prepareDatabase(): Promise<void> {
    if (this.database instanceof MysqlDatabase) {
      this.warnOfLargeBodies(await this.database.maxPacketBytes());
    }
    if (!(this.database instanceof SqliteDatabase)) return;
    this.database.spaceCheckpoints();
    if (await writesAhead(this.database.dataSource)) return;
    this.logger.warn(
      'SQLite does not write ahead, so each commit is slower and blocks readers. ' +
        'Set `enableWAL: true` in TypeOrmModule.forRoot.',
    );
  }

  private warnOfLargeBodies(maxPacketBytes: number): void {
    for (const [source, { bodyLimitBytes }] of this.receiver.sources) {
      if (bodyLimitBytes < maxPacketBytes) continue;
      this.logger.warn(
        `The source '${source}' takes bodies of up to ${bodyLimitBytes} bytes, and the database server's ` +
          `\`max_allowed_packet\` is ${maxPacketBytes}: larger ones could not be stored. Raise it on the server.`,
      );
    }
  }
}
