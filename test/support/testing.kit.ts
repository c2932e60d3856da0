import { AssertionError } from 'node:assert';
import { Injectable, type INestApplication } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  Discard,
  hmac,
  OnWebhook,
  standardWebhooks,
  unsigned,
  WebhookModule,
  type ChannelMessage,
  type NotificationChannel,
  type SendReceipt,
  type WebhookEvent,
} from 'nestjs-hookline';
import { github } from 'nestjs-hookline/signatures';
import { FakeClock, NOTIFICATION_CHANNELS, RecordedNotifications } from 'nestjs-hookline/testing';
import { RecordingLogger } from './recording.logger.js';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
export const game = standardWebhooks({ secret: SECRET });
export const shop = hmac({
  secret: 'shop secret',
  signature: { header: 'x-shop-signature' },
  id: { header: 'x-shop-id' },
  type: { header: 'x-shop-topic' },
});

class SmsChannel implements NotificationChannel<{ to: string; text: string }> {
  readonly name = 'sms';

  recipient({ to }: { to: string }): string {
    return to;
  }

  send(_message: ChannelMessage<{ to: string; text: string }>): Promise<SendReceipt> {
    throw new Error('the gateway must not be called in a test');
  }
}

@Injectable()
export class Handlers {
  readonly seen: WebhookEvent[] = [];

  @OnWebhook('points.updated')
  save(event: WebhookEvent): void {
    this.seen.push(event);
  }

  @OnWebhook('order.**')
  order(event: WebhookEvent): Discard | void {
    this.seen.push(event);
    if (event.type === 'order.lost') return new Discard('nobody ordered it');
    if (event.type === 'order.broken') throw new Error('no stock');
  }
}

/** Starts an application as the tests of a host do, with the parts of the testing kit in their places. */
export async function startModule(
  clock: FakeClock,
  recorded: RecordedNotifications,
  fastify = false,
): Promise<INestApplication> {
  const module = await Test.createTestingModule({
    imports: [
      TypeOrmModule.forRoot({
        type: 'better-sqlite3',
        database: ':memory:',
        autoLoadEntities: true,
        synchronize: true,
      }),
      WebhookModule.forRoot({
        clock,
        sources: { game, github: github({ secret: 'gh secret' }), shop, open: unsigned() },
        notifications: { channels: [SmsChannel] },
      }),
    ],
    providers: [Handlers],
  })
    .overrideProvider(NOTIFICATION_CHANNELS)
    .useFactory(recorded)
    .setLogger(new RecordingLogger())
    .compile();
  const app = fastify
    ? module.createNestApplication<NestFastifyApplication>(new FastifyAdapter())
    : module.createNestApplication();
  await app.init();
  return app;
}

/** One application for the tests of a suite, as a host's own tests have it. */
export class TestingKit {
  readonly clock = new FakeClock();
  readonly recorded = new RecordedNotifications();
  private running: INestApplication | undefined;

  constructor() {
    beforeAll(async () => {
      this.running = await startModule(this.clock, this.recorded);
    });
    afterAll(() => this.running?.close());
  }

  get app(): INestApplication {
    return this.running!;
  }

  /** When a request is signed. */
  get now(): { readonly timestamp: Date } {
    return { timestamp: this.clock.date };
  }
}

/** The message of the AssertionError that a promise or function ends with. */
export async function failureOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error('It did not fail.');
}
