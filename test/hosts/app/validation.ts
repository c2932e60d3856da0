// A host's global ValidationPipe, as NestJS documents it, checks and transforms a handler's @EventData().
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Injectable, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Type } from 'class-transformer';
import { IsEmail, IsInt, ValidateNested } from 'class-validator';
import { EventData, OnWebhook, QueueService, type JobView } from 'nestjs-hookline';
import { drain } from 'nestjs-hookline/testing';
import { createAdapter } from './adapter.js';
import { GameModule } from './game.module.js';
import { expectStatus, signedPost } from './signed-post.js';

class ItemDto {
  @IsInt()
  count!: number;
}

class PointsDto {
  @IsInt()
  points!: number;

  @IsEmail()
  email!: string;

  @ValidateNested()
  @Type(() => ItemDto)
  item!: ItemDto;
}

const GOOD = { points: 5, email: 'jane@example.com', item: { count: 1 } };
const BAD = { points: 'SECRET-PAYLOAD', email: 'none', item: { count: 'x' } };

let handled: unknown[];

@Injectable()
class GamePoints {
  @OnWebhook('points.updated', { source: 'game' })
  save(@EventData() data: PointsDto): void {
    handled.push(data);
  }
}

/** The handler's jobs after the events of this data. */
async function jobsAfter(pipe: ValidationPipe, data: readonly object[]): Promise<JobView[]> {
  handled = [];
  const app = await NestFactory.create(GameModule.with(GamePoints), createAdapter(), {
    logger: false,
  });
  app.useGlobalPipes(pipe);
  await app.listen(0, '127.0.0.1');
  const url = `${await app.getUrl()}/webhooks/game`;
  for (const [index, item] of data.entries()) {
    const post = signedPost(`msg_${index}`, { type: 'points.updated', data: item });
    await expectStatus(200, await fetch(url, post));
    await drain(app);
  }
  const { items } = await app.get(QueueService, { strict: false }).list();
  await app.close();
  return [...items];
}

async function main(): Promise<void> {
  const jobs = await jobsAfter(new ValidationPipe(), [GOOD, BAD]);
  assert.deepEqual(handled, [GOOD]);
  assert(!(handled[0] instanceof PointsDto));
  assert.equal(jobs.length, 2);
  assert(jobs.some(({ state }) => state === 'completed'));
  const lastError = jobs.find(({ state }) => state === 'retryable')?.lastError ?? '';
  assert.match(lastError, /points must be an integer.*email must be an email/);
  assert.match(lastError, /item\.count must be an integer/);
  assert.doesNotMatch(lastError, /SECRET-PAYLOAD/);

  const transforming = new ValidationPipe({ transform: true, whitelist: true });
  const [transformed] = await jobsAfter(transforming, [GOOD]);
  assert.equal(transformed?.state, 'completed');
  assert(handled[0] instanceof PointsDto);
  assert(handled[0].item instanceof ItemDto);
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  console.error(error);
});
