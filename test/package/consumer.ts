import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OnWebhook, WebhookModule, type WebhookEvent } from 'nestjs-hookline';
import { standardWebhooks } from 'nestjs-hookline/signatures';
import { drain, expectHandled, sampleRequest } from 'nestjs-hookline/testing';

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const scheme = standardWebhooks({ secret });

let handled: (points: number) => void;
const points = new Promise<number>((resolve) => (handled = resolve));

@Injectable()
class GamePoints {
  @OnWebhook('points.updated', { source: 'game' })
  save(event: WebhookEvent<{ points: number }>): void {
    handled(event.data.points);
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      database: ':memory:',
      autoLoadEntities: true,
      synchronize: true,
    }),
    WebhookModule.forRoot({ sources: { game: scheme } }),
  ],
  providers: [GamePoints],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const body = JSON.stringify({ type: 'points.updated', data: { points: 150 } });
const { headers } = scheme.sign({ id: 'msg_1', timestamp: new Date(), body });
const response = await fetch(`${await app.getUrl()}/webhooks/game`, {
  method: 'POST',
  body,
  headers: { 'content-type': 'application/json', ...headers },
});
if (response.status !== 200) throw new Error(`expected 200, got ${response.status}`);
if ((await points) !== 150) throw new Error('the handler got something else');
const sample = sampleRequest('standardWebhooks', 'points.updated', { secret, id: 'msg_2' });
const answer = await fetch(`${await app.getUrl()}/webhooks/game`, sample);
if (answer.status !== 200) throw new Error(`expected 200 for the sample, got ${answer.status}`);
await drain(app);
await expectHandled(app, { source: 'game', id: 'msg_2', handler: 'GamePoints.save' });
await app.close();
