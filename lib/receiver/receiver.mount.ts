import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { Clock } from '../clock/clock.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { ExpressMount } from './express.mount.js';
import { FastifyMount } from './fastify.mount.js';
import type { HttpMount } from './http.mount.js';
import { RECEIVER_OPTIONS, type ResolvedReceiverOptions } from './receiver.options.js';
import { ReceiverRoute } from './receiver.route.js';
import { SourceRegistry } from './source.registry.js';
import { WebhookReceiver } from './webhook.receiver.js';

/** By what Nest calls the platform. */
const MOUNTS = new Map<string | undefined, typeof ExpressMount | typeof FastifyMount>([
  ['express', ExpressMount],
  ['fastify', FastifyMount],
]);

/**
 * Puts the receiver in front of the host's HTTP application. Does nothing in an application context, which
 * has no HTTP application, and nothing without sources or without the role `receive`.
 *
 * @internal
 */
@Injectable()
export class ReceiverMount implements OnModuleInit, OnApplicationBootstrap {
  private mount: HttpMount | undefined;
  private route: ReceiverRoute | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly config: ApplicationConfig,
    receiver: WebhookReceiver,
    clock: Clock,
    private readonly sources: SourceRegistry,
    @Inject(RECEIVER_OPTIONS.token) private readonly options: ResolvedReceiverOptions,
  ) {
    if (!this.receives) return;
    // As early as possible: before Nest registers body parsers, and before main.ts gets the application.
    host.init$.subscribe(() => {
      const Mount = MOUNTS.get(this.platform());
      if (Mount === undefined) return;
      const methodsOf = (source: string) => this.methodsOf(source);
      this.mount = new Mount(host.httpAdapter.getInstance(), receiver, clock, methodsOf);
    });
  }

  /** @throws {ConfigurationError} when the platform is unknown, or cannot take the receiver's route */
  onModuleInit(): void {
    const platform = this.platform();
    if (platform === undefined || !this.receives) return;
    // Not earlier: the host sets its global prefix after the receiver is mounted.
    this.route = ReceiverRoute.of(this.options.path, this.config);
    if (this.mount === undefined) throw unknownPlatform(platform);
    this.mount.open(this.route);
  }

  /**
   * Refuses a source whose requests a route of the host would take. Not earlier: now the controllers have
   * their routes.
   *
   * @throws {ConfigurationError} that names both
   */
  onApplicationBootstrap(): void {
    const { mount, route } = this;
    if (mount === undefined || route === undefined) return;
    for (const source of this.options.sources.keys()) {
      for (const method of this.methodsOf(source) ?? []) {
        const clash = mount.clashOf(method, source, route);
        if (clash !== undefined) throw clashError(source, `${method} ${clash}`);
      }
    }
  }

  private get receives(): boolean {
    return this.options.enabled && this.options.sources.size > 0;
  }

  private methodsOf(source: string): ReadonlySet<string> | undefined {
    return this.sources.find(source)?.methods;
  }

  private platform(): string | undefined {
    // Nest's type says that there is always an adapter; an application context has none.
    const adapter = this.host.httpAdapter as HttpAdapterHost['httpAdapter'] | null | undefined;
    return adapter?.getType();
  }
}

function unknownPlatform(platform: string): ConfigurationError {
  return ConfigurationError.because(
    'sources',
    `Webhooks cannot be received on the HTTP platform '${platform}'.`,
    'Use @nestjs/platform-express or @nestjs/platform-fastify; leave `sources` out where ' +
      'the application only polls.',
  );
}

function clashError(source: string, route: string): ConfigurationError {
  return ConfigurationError.because(
    `sources.${source}`,
    `The application has a route '${route}', which clashes with the source '${source}'.`,
    'Give the source another name, choose another `path`, or another path for the controller.',
  );
}
