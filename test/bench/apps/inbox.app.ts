// Ours without HTTP: events go to the inbox, and a handler that does nothing runs in the same process.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  OnWebhook,
  unsigned,
  WebhookModule,
  type ProcessRole,
  type QueueOptions,
  type WebhookEvent,
} from 'nestjs-hookline';
import type { IdKind } from '../load/event.ids.js';
import { monotonicMs } from '../monotonic.clock.js';
import { configuration, serve } from '../remote.js';
import { nextEvent } from './events.js';
import { assertDurable, dataSource, type HostConfig } from './host.js';
import { internals } from './internals.js';
import { produce, type Production } from './producers.js';
import { Tally } from './tally.js';

interface InboxConfig extends HostConfig {
  readonly ids?: IdKind;
  readonly queue?: QueueOptions;
  readonly roles?: readonly ProcessRole[];
}

const config = configuration<InboxConfig>();

@Injectable()
class Points {
  constructor(private readonly tally: Tally) {}

  @OnWebhook('points.updated')
  save(event: WebhookEvent): void {
    this.tally.handle(event.id);
  }
}

@Module({
  imports: [
    dataSource(config.database),
    WebhookModule.forRoot({
      sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
      queue: config.queue ?? {},
      ...(config.roles && { roles: config.roles }),
    }),
  ],
  providers: [Tally, Points],
})
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
await assertDurable(app);
const tally = app.get(Tally);
const { inbox, worker } = await internals(app);

const api = {
  /** Accepts events and waits until each one is handled and recorded; returns the events per second. */
  async run(production: Production): Promise<number> {
    const before = tally.count;
    const startedAtMs = monotonicMs();
    const count = await produce(production, () => inbox.acceptAll([nextEvent(config.ids)]));
    await tally.reaches(before + count);
    await worker.settled();
    return count / ((monotonicMs() - startedAtMs) / 1_000);
  },
  /** Accepts events and leaves their jobs to other processes. */
  async fill(production: Production): Promise<number> {
    return produce(production, () => inbox.acceptAll([nextEvent(config.ids)]));
  },
  memory(): { rss: number; heapUsed: number } {
    if (globalThis.gc === undefined) throw new Error('Start this process with --expose-gc.');
    globalThis.gc();
    globalThis.gc();
    const { rss, heapUsed } = process.memoryUsage();
    return { rss, heapUsed };
  },
};

export type InboxApi = typeof api;
serve(api);
