// One of several processes that run the jobs of many lanes. The same application, without the role `work`, accepts them.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  OnWebhook,
  unsigned,
  WebhookModule,
  type WebhookEvent,
  type WebhookModuleOptions,
} from 'nestjs-hookline';
import { monotonicMs } from '../monotonic.clock.js';
import { configuration, serve } from '../remote.js';
import { nextEvent } from './events.js';
import { dataSource, type HostConfig } from './host.js';
import { internals } from './internals.js';
import { produce, type Production } from './producers.js';

interface LanesConfig extends HostConfig {
  readonly lanes: number;
  readonly roles?: WebhookModuleOptions['roles'];
}

const config = configuration<LanesConfig>();

@Injectable()
class Points {
  count = 0;

  /** The id of an event ends with its lane. */
  @OnWebhook('points.updated', { lane: ({ id }) => id.slice(id.lastIndexOf('/')) })
  save(_event: WebhookEvent): void {
    this.count++;
  }
}

@Module({
  imports: [
    dataSource(config.database),
    WebhookModule.forRoot({
      sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
      ...(config.roles === undefined ? {} : { roles: config.roles }),
    }),
  ],
  providers: [Points],
})
class AppModule {}

// Connected, but not started: all processes begin at the same time.
const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
const { inbox, worker } = await internals(app);

const api = {
  /** Accepts events, and leaves their jobs to other processes. */
  async fill(production: Production): Promise<void> {
    await app.init();
    let next = 0;
    await produce(production, () => {
      const event = nextEvent();
      return inbox.acceptAll([{ ...event, id: `${event.id}/${next++ % config.lanes}` }]);
    });
  },
  /** Starts to work; returns when. */
  async start(): Promise<number> {
    await app.init();
    const startedAtMs = monotonicMs();
    worker.wake();
    return startedAtMs;
  },
  count: (): number => app.get(Points).count,
  /** Resolves when all outcomes of this process are recorded; returns when that was. */
  async settled(): Promise<number> {
    await worker.settled();
    return monotonicMs();
  },
};

export type LanesApi = typeof api;
serve(api);
