import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { SqlDatabase } from '../database/sql-database.js';
import { HandlerDirectory } from '../dispatch/handler.directory.js';
import { HandlerRegistry } from '../dispatch/handler.registry.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { PollExplorer } from '../polling/poll.explorer.js';
import { Occurrences } from '../telemetry/occurrences.js';
import { ROLES, type ProcessRole } from '../processes/roles.option.js';
import { RECEIVER_OPTIONS, type ResolvedReceiverOptions } from '../receiver/receiver.options.js';
import { TimerRegistry } from '../timers/timer.registry.js';
import { WebhookCoreModule } from './webhook-core.module.js';
import { startupLine } from './webhook.startup-line.js';

/**
 * Makes the checks that need all features together.
 *
 * @internal
 */
@Injectable()
export class WebhookStartup implements OnApplicationBootstrap {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly database: SqlDatabase,
    @Inject(RECEIVER_OPTIONS.token) private readonly receiver: ResolvedReceiverOptions,
    private readonly pollers: PollExplorer,
    private readonly handlers: HandlerRegistry,
    private readonly directory: HandlerDirectory,
    private readonly timers: TimerRegistry,
    private readonly config: ApplicationConfig,
    private readonly occurrences: Occurrences,
    @Inject(ROLES) private readonly roles: readonly ProcessRole[],
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.assertOneModule();
    this.assertDistinctNames();
    this.assertKnownSources();
    await this.directory.onApplicationBootstrap();
    // If reading the handlers of other processes failed, it is unknown which handlers are missing.
    if (this.directory.isKnown) {
      if (this.directory.plansForOthers) this.warnOfMissingHandlers();
      this.warnOfUnhandledSources();
    }
    await this.prepareDatabase();
    this.occurrences.publish({ kind: 'startup.completed', summary: this.line() });
  }

  private has(role: ProcessRole): boolean {
    return this.roles.includes(role);
  }

  private advise(advice: string): void {
    this.occurrences.publish({ kind: 'startup.advice', component: 'WebhookModule', advice });
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
        'Import it once, in the root module, with all sources; inject its services anywhere.',
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

  /** A process that only receives learns handlers from the other processes. */
  private warnOfMissingHandlers(): void {
    const others = this.directory.all().length;
    if (this.has('work')) {
      if (others === 0 || !this.timers.isEmpty) return;
      this.advise(
        `This process has no @OnWebhook handler and no @Rule. Its events go to ${others} handlers and rules ` +
          'of other processes. Set `roles` without `work`, so that it does not search for jobs that it cannot run.',
      );
    } else if (others === 0 && this.handlers.all().length === 0) {
      this.advise(
        'This process runs no jobs and has no handlers, and no process that runs jobs has announced its handlers ' +
          'yet: until one starts, events are stored and ignored. ' +
          'InboxService.replay({ from }) gives them to handlers later.',
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
      timers: this.timers.all().length,
      roles: this.roles,
      dataSource: this.database.dataSource,
    });
  }

  private warnOfUnhandledSources(): void {
    for (const source of this.takenSources()) {
      const wanted = [...this.handlers.all(), ...this.directory.all()].some(
        (handler) => handler.source === undefined || handler.source === source,
      );
      if (!wanted) {
        this.advise(
          `No @OnWebhook handler and no @Rule wants events of '${source}': they are stored and ignored.`,
        );
      }
    }
  }

  /** Whose events this process takes. */
  private takenSources(): string[] {
    return [
      ...(this.has('receive') ? this.sources() : []),
      ...(this.has('poll') ? this.pollers.names() : []),
    ];
  }

  private async prepareDatabase(): Promise<void> {
    const received = this.has('receive') ? [...this.receiver.sources] : [];
    const limits = received.map(
      ([source, { bodyLimitBytes }]) => [source, bodyLimitBytes] as const,
    );
    const warnings = await this.database.prepare({
      bodyLimits: new Map(limits),
      transactionalHandler: this.has('work')
        ? [...this.handlers.all(), ...this.timers.all()].find(({ transactional }) => transactional)
            ?.name
        : undefined,
    });
    for (const warning of warnings) this.advise(warning);
  }
}
