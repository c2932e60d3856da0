import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { Clock } from '../clock/clock.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { ExpressMount } from './express.mount.js';
import { FastifyMount } from './fastify.mount.js';
import { RECEIVER_OPTIONS, type ResolvedReceiverOptions } from './receiver.options.js';
import { ReceiverRoute } from './receiver.route.js';
import { SourceRegistry } from './source.registry.js';
import { WebhookReceiver } from './webhook.receiver.js';

/**
 * Puts the receiver in front of the host's HTTP application. Without one (an application context),
 * and without sources, there is nothing to do.
 *
 * @internal
 */
@Injectable()
export class ReceiverMount implements OnModuleInit, OnApplicationBootstrap {
  private express: ExpressMount | undefined;
  private fastify: FastifyMount | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly config: ApplicationConfig,
    private readonly receiver: WebhookReceiver,
    private readonly clock: Clock,
    private readonly sources: SourceRegistry,
    @Inject(RECEIVER_OPTIONS.token) private readonly options: ResolvedReceiverOptions,
  ) {
    if (options.sources.size === 0) return;
    // As early as it can be: before Nest registers body parsers, and before main.ts gets at the app.
    host.init$.subscribe(() => {
      if (this.platform() === 'express') {
        const methodsOf = (source: string) => this.methodsOf(source);
        this.express = new ExpressMount(host.httpAdapter.getInstance(), receiver, clock, methodsOf);
      }
    });
  }

  onModuleInit(): void {
    const platform = this.platform();
    if (platform === undefined || this.options.sources.size === 0) return;
    // Only now has the host set its global prefix.
    const route = ReceiverRoute.of(this.options.path, this.config);
    switch (platform) {
      case 'express':
        this.express?.open(route);
        break;
      case 'fastify':
        this.fastify = new FastifyMount(this.host.httpAdapter.getInstance(), route, this.clock);
        this.fastify.open(this.receiver);
        break;
      default:
        throw ConfigurationError.because(
          'sources',
          `Webhooks cannot be received on the HTTP platform '${platform}'.`,
          'Use @nestjs/platform-express or @nestjs/platform-fastify; leave `sources` out where ' +
            'the application only polls.',
        );
    }
  }

  /** Now the controllers have their routes. */
  onApplicationBootstrap(): void {
    const names = this.options.sources.keys();
    this.express?.assertNoClash(names);
    this.fastify?.assertNoClash(names, (source) => this.methodsOf(source) ?? []);
  }

  private methodsOf(name: string): ReadonlySet<string> | undefined {
    return this.sources.find(name)?.methods;
  }

  private platform(): string | undefined {
    // Nest's type forgets that there is no adapter in an application context.
    const adapter = this.host.httpAdapter as HttpAdapterHost['httpAdapter'] | null | undefined;
    return adapter?.getType();
  }
}
