// Ours: timers are set, and their method runs in the same process.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OnTimer, TimerService, WebhookModule, type TimerContext } from 'nestjs-hookline';
import { DataSource } from 'typeorm';
import { configuration, serve } from '../remote.js';
import { assertDurable, dataSource, type HostConfig } from './host.js';
import { internals } from './internals.js';
import type { Pace } from './producers.js';
import { TimerRounds, type TimersApi } from './timer-rounds.js';

const config = configuration<HostConfig>();
const rounds = new TimerRounds();

@Injectable()
class Offers {
  @OnTimer('expiry')
  expire(_offer: unknown, { key }: TimerContext): void {
    rounds.fired(key);
  }
}

@Module({
  imports: [dataSource(config.database), WebhookModule.forRoot({})],
  providers: [Offers],
})
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
await assertDurable(app);
const source = app.get(DataSource);
const timers = app.get(TimerService);
const { worker } = await internals(app);

const api = {
  /** Sets one timer that is due in a month. */
  async setOne(): Promise<void> {
    await timers.set('expiry', { key: 'pending', in: '30d', payload: { points: 100 } });
  },
  async round(pace: Pace): Promise<Float64Array> {
    const late = await rounds.run(pace, (batch) =>
      source.transaction(async (manager) => {
        for (const { key, dueAtMs: at } of batch) {
          await timers.set('expiry', { key, at, payload: { points: 100 } }, { manager });
        }
      }),
    );
    await worker.settled();
    return late;
  },
  firedTwice: (): number => rounds.firedTwice,
} satisfies TimersApi;

export type OurTimersApi = typeof api;
serve(api);
