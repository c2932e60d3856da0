import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { WebhookModule } from '../lib/module/webhook.module.js';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import type {
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../lib/signatures/signature-scheme.js';
import { GAME_SECRET, pointsUpdated } from './support/game.js';
import { StartedApps } from './support/started.apps.js';

const game = { game: standardWebhooks({ secret: GAME_SECRET }) };

describe('An application that starts', () => {
  const apps = new StartedApps();

  it('REQ-51 warns of a source whose events no handler wants', async () => {
    const app = await apps.start({ options: { sources: game } });
    expect(app.logger.of('warn', 'WebhookModule')).toEqual([expect.stringContaining("'game'")]);
  });

  describe('forRootAsync', () => {
    @Injectable()
    class Settings {
      readonly secret = GAME_SECRET;

      createWebhookOptions(): WebhookModuleOptions {
        return { sources: { game: standardWebhooks({ secret: this.secret }) } };
      }
    }

    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}

    it.each([
      [
        'useFactory',
        WebhookModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: (settings: Settings) => settings.createWebhookOptions(),
        }),
      ],
      ['useClass', WebhookModule.forRootAsync({ useClass: Settings })],
      [
        'useExisting',
        WebhookModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings }),
      ],
    ])('takes options by %s', async (_, webhooks) => {
      @Controller()
      class Other {
        constructor(private readonly queue: QueueService) {}

        @Get()
        counts(): unknown {
          return this.queue.counts();
        }
      }

      @Module({
        imports: [TypeOrmModule.forRoot(apps.database.options), webhooks],
        controllers: [Other],
      })
      class AppModule {}
      const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
      await app.listen(0, '127.0.0.1');
      const { body, headers } = pointsUpdated({ userId: 1, points: 1 });
      const answer = await fetch(`${await app.getUrl()}/webhooks/game`, {
        method: 'POST',
        body: body.toString(),
        headers,
      });
      expect(answer.status).toBe(200);
      const counts = await fetch(await app.getUrl());
      expect(await counts.json()).toMatchObject({ available: 0 });
      await app.close();
    });
  });

  it('takes a scheme that is a provider of the host', async () => {
    @Injectable()
    class Key {
      readonly value = 'open sesame';
    }

    @Injectable()
    class SesameScheme implements SignatureScheme {
      readonly name = 'sesame';

      constructor(private readonly key: Key) {}

      verify({ headers }: SignedRequest): Verification {
        return headers['x-key'] === this.key.value
          ? { ok: true, keyIndex: 0, eventType: 'sesame' }
          : { ok: false, reason: 'signature-mismatch' };
      }
    }

    const app = await apps.start({
      options: { sources: { cave: SesameScheme } },
      host: { providers: [Key, SesameScheme] },
    });
    expect((await app.post('/webhooks/cave', '{}', { 'x-key': 'open sesame' })).status).toBe(200);
    expect((await app.post('/webhooks/cave', '{}', { 'x-key': 'wrong' })).status).toBe(401);
  });

  it('keeps the ids of tenants apart', async () => {
    const tenantOf = ({ url }: SignedRequest): string =>
      new URL(url, 'http://localhost').searchParams.get('tenant') ?? '';
    const app = await apps.start({
      options: {
        sources: { saas: { scheme: unsigned({ id: { path: 'id' } }), tenant: tenantOf } },
      },
    });
    const statuses = [];
    for (const tenant of ['a', 'b', 'a']) {
      const answer = await app.post(`/webhooks/saas?tenant=${tenant}`, '{"id":1}');
      statuses.push((JSON.parse(answer.body) as { status: string }).status);
    }
    expect(statuses).toEqual(['ignored', 'ignored', 'duplicate']);
  });

  it('runs without HTTP, as a worker', async () => {
    @Module({
      imports: [
        TypeOrmModule.forRoot(apps.database.options),
        WebhookModule.forRoot({ sources: game }),
      ],
    })
    class AppModule {}
    const context = await NestFactory.createApplicationContext(AppModule, { logger: false });
    expect(await context.get(QueueService).counts()).toMatchObject({ available: 0 });
    await context.close();
  });
});
