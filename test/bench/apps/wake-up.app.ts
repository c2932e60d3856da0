// One of two processes: one accepts events, and the other, which is idle, runs their jobs.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  OnWebhook,
  unsigned,
  WebhookModule,
  type DatabaseOptions,
  type ProcessRole,
  type WebhookEvent,
} from 'nestjs-hookline';
import { monotonicMs } from '../monotonic.clock.js';
import { configuration, serve } from '../remote.js';
import { nextEvent } from './events.js';
import { dataSource, type HostConfig } from './host.js';
import { internals } from './internals.js';
import { pace, type Pace } from './producers.js';
import { Tally } from './tally.js';

interface WakeUpConfig extends HostConfig {
  readonly roles: readonly ProcessRole[];
  readonly wakeUps: NonNullable<DatabaseOptions['wakeUps']>;
}

/** An event whose job another process runs. */
export interface Committed {
  readonly id: string;
  /** When its commit was answered, by the machine's monotonic clock. */
  readonly atMs: number;
}

const { database, roles, wakeUps } = configuration<WakeUpConfig>();

@Injectable()
class Points {
  constructor(private readonly tally: Tally) {}

  @OnWebhook('points.updated')
  save({ id }: WebhookEvent): void {
    this.tally.handle(id);
  }
}

@Module({
  imports: [
    dataSource(database),
    WebhookModule.forRoot({
      sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
      roles,
      database: { wakeUps },
    }),
  ],
  providers: [Tally, Points],
})
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
const tally = app.get(Tally);
const { inbox } = await internals(app);
tally.note();

const api = {
  /** Accepts events at a steady pace. */
  accept(atPace: Pace): Promise<Committed[]> {
    return pace(atPace, async () => {
      const event = nextEvent();
      await inbox.acceptAll([event]);
      return { id: event.id, atMs: monotonicMs() };
    });
  },
  /** Waits until this process has run so many jobs since it started; returns when these ones began. */
  async startsOf(count: number, ids: readonly string[]): Promise<Float64Array> {
    await tally.reaches(count);
    return tally.startsOf(ids);
  },
};

export type WakeUpApi = typeof api;
serve(api);
