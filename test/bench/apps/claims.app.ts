// One of several processes that claim jobs which others have accepted.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  OnWebhook,
  unsigned,
  WebhookModule,
  type HandlerContext,
  type WebhookEvent,
} from 'nestjs-hookline';
import { monotonicMs } from '../monotonic.clock.js';
import { configuration, serve } from '../remote.js';
import { dataSource, type HostConfig } from './host.js';
import { internals } from './internals.js';

const config = configuration<HostConfig>();

@Injectable()
class Points {
  readonly runs: string[] = [];

  @OnWebhook('points.updated')
  save(_event: WebhookEvent, { jobId }: HandlerContext): void {
    this.runs.push(jobId);
  }
}

@Module({
  imports: [
    dataSource(config.database),
    WebhookModule.forRoot({
      sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
    }),
  ],
  providers: [Points],
})
class AppModule {}

// Connected, but not started: all processes begin at the same time.
const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
const { worker } = await internals(app);

const api = {
  /** Starts to work; returns when. */
  async start(): Promise<number> {
    await app.init();
    const startedAtMs = monotonicMs();
    worker.wake();
    return startedAtMs;
  },
  count: (): number => app.get(Points).runs.length,
  /** Resolves when all outcomes of this process are recorded; returns when that was. */
  async settled(): Promise<number> {
    await worker.settled();
    return monotonicMs();
  },
  /** The job of each run. */
  runs: (): readonly string[] => app.get(Points).runs,
};

export type ClaimsApi = typeof api;
serve(api);
