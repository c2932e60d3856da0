// Ours: the library with its defaults, on Express or Fastify.
import { Injectable, Module } from '@nestjs/common';
import { OnWebhook, WebhookModule, type WebhookEvent } from 'nestjs-hookline';
import { configuration, serve } from '../remote.js';
import { assertDurable, dataSource, listen, portOf, scheme, type HostConfig } from './host.js';
import { internals } from './internals.js';
import { Tally } from './tally.js';
import { webhookApp } from './webhook-app.js';

const config = configuration<HostConfig>();

@Injectable()
class Points {
  constructor(private readonly tally: Tally) {}

  @OnWebhook('points.updated')
  save(event: WebhookEvent): void {
    this.tally.handle(event.id);
  }
}

@Module({
  imports: [dataSource(config.database), WebhookModule.forRoot({ sources: { game: scheme } })],
  providers: [Tally, Points],
})
class AppModule {}

const app = await listen(AppModule, config, false);
await assertDurable(app);
const { worker } = await internals(app);
serve(webhookApp(portOf(app), app.get(Tally), () => worker.settled()));
