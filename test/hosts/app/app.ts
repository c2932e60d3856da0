import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OnWebhook, type WebhookEvent } from 'nestjs-hookline';
import { drain, expectHandled, sampleRequest } from 'nestjs-hookline/testing';
import { createAdapter } from './adapter.js';
import { GameModule } from './game.module.js';
import { expectStatus, secret, signedPost } from './signed-post.js';

let handled: (points: number) => void;
const points = new Promise<number>((resolve) => (handled = resolve));

@Injectable()
class GamePoints {
  @OnWebhook('points.updated', { source: 'game' })
  save(event: WebhookEvent<{ points: number }>): void {
    handled(event.data.points);
  }
}

async function main(): Promise<void> {
  const app = await NestFactory.create(GameModule.with(GamePoints), createAdapter(), {
    logger: ['error'],
  });
  await app.listen(0, '127.0.0.1');
  const url = `${await app.getUrl()}/webhooks/game`;
  const signed = signedPost('msg_1', { type: 'points.updated', data: { points: 150 } });
  await expectStatus(200, await fetch(url, signed));
  await expectStatus(401, await fetch(url, { ...signed, body: `${signed.body} ` }));
  if ((await points) !== 150) throw new Error('The handler got something else.');
  const sample = sampleRequest('standardWebhooks', 'points.updated', { secret, id: 'msg_2' });
  await expectStatus(200, await fetch(url, sample));
  await drain(app);
  await expectHandled(app, { source: 'game', id: 'msg_2', handler: 'GamePoints.save' });
  await app.close();
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  console.error(error);
});
