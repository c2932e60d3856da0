// The bare application: verifies, handles in the request, stores nothing.
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
import { configuration, serve } from '../remote.js';
import { isGenuine, listen, portOf, type HostConfig } from './host.js';
import { Tally } from './tally.js';
import { webhookApp } from './webhook-app.js';

const config = configuration<HostConfig>();

@Controller('webhooks')
class Webhooks {
  constructor(private readonly tally: Tally) {}

  @Post('game')
  @HttpCode(200)
  async receive(@Req() request: RawBodyRequest<IncomingMessage>): Promise<object> {
    if (!(await isGenuine(request))) throw new UnauthorizedException();
    const id = String(request.headers['webhook-id']);
    this.tally.handle(id);
    return { status: 'accepted', id };
  }
}

@Module({ controllers: [Webhooks], providers: [Tally] })
class AppModule {}

const app = await listen(AppModule, config, true);
serve(webhookApp(portOf(app), app.get(Tally)));
