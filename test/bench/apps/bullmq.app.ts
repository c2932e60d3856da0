// A peer: the request verifies and adds a job to BullMQ, whose worker in the same process handles it.
import {
  Controller,
  HttpCode,
  Module,
  Post,
  Req,
  UnauthorizedException,
  type RawBodyRequest,
} from '@nestjs/common';
import { Queue, Worker } from 'bullmq';
import type { IncomingMessage } from 'node:http';
import { queueName, REDIS } from '../redis.js';
import { configuration, serve } from '../remote.js';
import { isGenuine, listen, portOf, type HostConfig } from './host.js';
import { Tally } from './tally.js';
import { webhookApp } from './webhook-app.js';

interface Work {
  readonly id: string;
  readonly body: unknown;
}

const config = configuration<HostConfig>();
const name = queueName();
const queue = new Queue<Work>(name, { connection: REDIS });

@Controller('webhooks')
class Webhooks {
  @Post('game')
  @HttpCode(200)
  async receive(
    @Req() request: RawBodyRequest<IncomingMessage> & { readonly body: unknown },
  ): Promise<object> {
    if (!(await isGenuine(request))) throw new UnauthorizedException();
    const id = String(request.headers['webhook-id']);
    await queue.add('points.updated', { id, body: request.body }, { removeOnComplete: true });
    return { status: 'accepted', id };
  }
}

@Module({ controllers: [Webhooks], providers: [Tally] })
class AppModule {}

const app = await listen(AppModule, config, true);
const tally = app.get(Tally);
const worker = new Worker<Work>(
  name,
  ({ data }) => {
    tally.handle(data.id);
    return Promise.resolve();
  },
  // The library's default.
  { connection: REDIS, concurrency: 10 },
);
await worker.waitUntilReady();

const api = {
  ...webhookApp(portOf(app), tally),
  async clean(): Promise<void> {
    await worker.close();
    await queue.obliterate({ force: true });
  },
};
serve(api);
