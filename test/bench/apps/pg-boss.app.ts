// A peer: the request verifies and sends a job to pg-boss, whose worker in the same process handles it.
import {
  Controller,
  HttpCode,
  Module,
  Post,
  Req,
  UnauthorizedException,
  type RawBodyRequest,
} from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import PgBoss from 'pg-boss';
import { configuration, serve } from '../remote.js';
import { isGenuine, listen, portOf, type HostConfig } from './host.js';
import { Tally } from './tally.js';
import { webhookApp } from './webhook-app.js';

/** The shortest interval that pg-boss allows. */
const POLLING_INTERVAL_SECONDS = 0.5;
const BATCH_SIZE = 500;
const QUEUE = 'webhooks';

interface Work {
  readonly id: string;
  readonly body: unknown;
}

interface PgBossConfig extends HostConfig {
  readonly url: string;
  readonly schema: string;
}

const config = configuration<PgBossConfig>();
const boss = new PgBoss({ connectionString: config.url, schema: config.schema });

@Controller('webhooks')
class Webhooks {
  @Post('game')
  @HttpCode(200)
  async receive(
    @Req() request: RawBodyRequest<IncomingMessage> & { readonly body: unknown },
  ): Promise<object> {
    if (!(await isGenuine(request))) throw new UnauthorizedException();
    const id = String(request.headers['webhook-id']);
    await boss.send(QUEUE, { id, body: request.body });
    return { status: 'accepted', id };
  }
}

@Module({ controllers: [Webhooks], providers: [Tally] })
class AppModule {}

boss.on('error', (error) => console.error(error));
await boss.start();
await boss.createQueue(QUEUE);
const app = await listen(AppModule, config, true);
const tally = app.get(Tally);
await boss.work<Work>(
  QUEUE,
  { pollingIntervalSeconds: POLLING_INTERVAL_SECONDS, batchSize: BATCH_SIZE },
  (jobs) => {
    for (const { data } of jobs) tally.handle(data.id);
    return Promise.resolve();
  },
);
serve(webhookApp(portOf(app), tally));
