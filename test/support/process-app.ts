// An application in a process of its own, for tests that end it: its handler and its timer never end. It reports its
// events line by line on standard output.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import {
  OnTimer,
  OnWebhook,
  unsigned,
  WebhookModule,
  type HandlerContext,
  type TimerContext,
  type WebhookEvent,
} from 'nestjs-hookline';

const database = JSON.parse(process.env['DATABASE'] ?? '{}') as TypeOrmModuleOptions;
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

@Injectable()
class Handlers {
  @OnWebhook('work')
  async work(event: WebhookEvent, { attempt }: HandlerContext): Promise<void> {
    tell(`started ${event.id} ${attempt}`);
    await new Promise(() => undefined);
  }

  @OnTimer('work')
  async run(_payload: unknown, { key, attempt }: TimerContext): Promise<void> {
    tell(`started ${key} ${attempt}`);
    await new Promise(() => undefined);
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot(database),
    WebhookModule.forRoot({
      sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
      queue: { leaseMs: 1_000, pollIntervalMs: 50, stopTimeoutMs: 500 },
    }),
  ],
  providers: [Handlers],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
tell(`listening ${await app.getUrl()}`);
