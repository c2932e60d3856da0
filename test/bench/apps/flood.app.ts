// Ours without HTTP: a quiet source, and beside it one that floods. Their handlers share the default pool.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  OnWebhook,
  QueueService,
  unsigned,
  WebhookModule,
  type ProcessRole,
  type WebhookEvent,
} from 'nestjs-hookline';
import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../monotonic.clock.js';
import { configuration, serve } from '../remote.js';
import { nextEvent } from './events.js';
import { assertDurable, dataSource, type HostConfig } from './host.js';
import { internals } from './internals.js';
import { pace } from './producers.js';
import { Tally } from './tally.js';

interface FloodConfig extends HostConfig {
  readonly roles?: readonly ProcessRole[];
}

export interface QuietBesideFlood {
  readonly seconds: number;
  /** Events of the quiet source. */
  readonly quietPerSecond: number;
  /** Further events of the flooding source; 0 for no flood. */
  readonly floodPerSecond: number;
}

/** How long the handler of a flooding event waits, such as for another server. */
const FLOOD_HANDLER_MS = 5;

const config = configuration<FloodConfig>();

@Injectable()
class Points {
  flooded = 0;
  flooding = 0;

  constructor(private readonly tally: Tally) {}

  @OnWebhook('quiet.updated')
  quiet({ id }: WebhookEvent): void {
    this.tally.handle(id);
  }

  @OnWebhook('flood.updated')
  async flood(): Promise<void> {
    this.flooding++;
    await delay(FLOOD_HANDLER_MS);
    this.flooding--;
    this.flooded++;
  }
}

const scheme = unsigned({ id: { path: 'id' }, type: { path: 'type' } });

@Module({
  imports: [
    dataSource(config.database),
    WebhookModule.forRoot({
      sources: { quiet: scheme, flood: scheme },
      ...(config.roles && { roles: config.roles }),
    }),
  ],
  providers: [Tally, Points],
})
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
await assertDurable(app);
const tally = app.get(Tally);
const points = app.get(Points);
const { inbox } = await internals(app);

export interface Beside {
  /** How long each quiet event took until its handler started, from the instant at which it should have come. */
  readonly waitsMs: Float64Array;
  readonly floodedPerSecond: number;
  /** How many flooding handlers ran when a quiet event came, on average. */
  readonly flooding: number;
}

async function accept(source: 'quiet' | 'flood'): Promise<string> {
  const event = { ...nextEvent(), source, type: `${source}.updated` };
  await inbox.acceptAll([event]);
  return event.id;
}

const api = {
  /** Accepts one flooding event. */
  async acceptOne(): Promise<void> {
    await accept('flood');
  },
  /** Accepts events of both sources at a steady pace. */
  async run({ seconds, quietPerSecond, floodPerSecond }: QuietBesideFlood): Promise<Beside> {
    const before = tally.count;
    const floodedBefore = points.flooded;
    const startedAtMs = monotonicMs();
    let flooding = 0;
    tally.note();
    const [quiet] = await Promise.all([
      pace({ perSecond: quietPerSecond, seconds }, async (plannedAtMs) => {
        flooding += points.flooding;
        return { plannedAtMs, id: await accept('quiet') };
      }),
      pace({ perSecond: floodPerSecond, seconds }, () => accept('flood')),
    ]);
    const floodedPerSecond =
      (points.flooded - floodedBefore) / ((monotonicMs() - startedAtMs) / 1_000);
    await tally.reaches(before + quiet.length);
    const starts = tally.startsOf(quiet.map(({ id }) => id));
    const waitsMs = starts.map((start, index) => start - (quiet[index]?.plannedAtMs ?? Number.NaN));
    return { waitsMs, floodedPerSecond, flooding: flooding / quiet.length };
  },
  /** How many jobs wait for room in the pool. */
  async waiting(): Promise<number> {
    return (await app.get(QueueService).counts()).available;
  },
  /** Gives back the jobs that this process has leased, as a stop does. */
  async close(): Promise<void> {
    await app.close();
  },
};

export type FloodApi = typeof api;
serve(api);
