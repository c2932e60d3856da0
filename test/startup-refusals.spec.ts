import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { TypeOrmModule } from '@nestjs/typeorm';
import express from 'express';
import { Column, Entity, PrimaryColumn, type DataSource } from 'typeorm';
import { createSqlDatabase } from '../lib/database/database.factory.js';
import { ConfigurationError } from '../lib/errors/configuration.error.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { WebhookModule } from '../lib/module/webhook.module.js';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import type { AppSetup } from './support/application.js';
import { GAME_SECRET, pointsUpdated } from './support/game.js';
import { StartedApps } from './support/started.apps.js';

@Entity({ name: 'item' })
class Item {
  @PrimaryColumn('integer') id!: number;
  @Column('integer') version!: number;
}

@Injectable()
class ForUnknownSource {
  @OnWebhook('a', { source: 'nobody' })
  handle(): void {}
}

@Injectable()
class WithBadPattern {
  @OnWebhook('a..b')
  handle(): void {}
}

@Injectable()
class Twice {
  @OnWebhook('a', { name: 'same' })
  one(): void {}

  @OnWebhook('b', { name: 'same' })
  two(): void {}
}

@Injectable()
class TwoRules {
  @Rule({ name: 'same', on: 'a', subject: () => 1, when: () => true })
  one(): void {}

  @Rule({ name: 'same', on: 'b', subject: () => 1, when: () => true })
  two(): void {}
}

@Injectable()
class WithBadCron {
  @Poll({ name: 'items', cron: 'every day', entity: Item, cursor: 'version', key: 'id' })
  changed(): void {}
}

@Injectable()
class WithoutCursor {
  @Poll({ name: 'items', cron: '0 0 * * *', entity: Item, cursor: undefined as never, key: 'id' })
  changed(): void {}
}

@Injectable()
class PollsGame {
  @Poll({ name: 'game', cron: '0 0 1 1 *' })
  changed(): [] {
    return [];
  }
}

const game = { game: standardWebhooks({ secret: GAME_SECRET }) };

describe('Start-up', () => {
  const apps = new StartedApps([Item]);

  const expectRefusal = async (
    setup: Omit<AppSetup, 'database'>,
    message: RegExp,
  ): Promise<void> => {
    const error: unknown = await apps.start(setup).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toMatch(message);
  };

  it.each<[string, WebhookModuleOptions, RegExp]>([
    [
      'an option that does not exist',
      { retries: 3 } as never,
      /no option `retries`.*There are: path/,
    ],
    [
      'an option that its group does not have',
      { queue: { retries: 3 } as never },
      /`queue\.retries`/,
    ],
    [
      'a text in place of a number',
      { queue: { concurrency: '5' as never } },
      /`queue\.concurrency`.*whole number, 1 or more, got a string/,
    ],
    [
      'a number out of range',
      { queue: { backoff: { jitter: 2 } } },
      /`queue\.backoff\.jitter`.*from 0 to 1, got number 2/,
    ],
    ['a source without a scheme', { sources: { game: undefined as never } }, /sources\.game/],
    [
      'two sources with one name',
      { sources: { game: unsigned(), Game: unsigned() } },
      /two sources with the name/,
    ],
    ['a source whose name fits no URL', { sources: { 'a/b': unsigned() } }, /a\/b/],
    ['a clock that extends no Clock', { clock: {} as never }, /`clock`/],
    [
      'headers that hold secrets',
      { sources: { game: { scheme: unsigned(), storeHeaders: ['Authorization'] } } },
      /'authorization'.*never stored/,
    ],
  ])('refuses %s', async (_, options, message) => {
    await expectRefusal({ options }, message);
  });

  it.each<[string, WebhookModuleOptions, RegExp]>([
    [
      'by itself',
      {
        sources: {
          game: unsigned(),
          shop: () => standardWebhooks({ secret: process.env['UNSET_SECRET'] }),
        },
      },
      /^The source 'shop' cannot be set up. Expected `secret` of standardWebhooks\(\).*got undefined.*Set it/,
    ],
    [
      'among options',
      { sources: { shop: { scheme: () => standardWebhooks({ secret: 'whsec_SECRET!' }) } } },
      /^The source 'shop' cannot be set up. Expected `secret`.*got a text that is not base64/,
    ],
  ])('F-33 names the source of an unusable secret: %s', async (_, options, message) => {
    await expectRefusal({ options }, message);
    await expectRefusal({ options }, /^(?!.*SECRET!)/);
  });

  it('REQ-1 refuses a source without a secret, and does not show one', () => {
    expect(() => standardWebhooks({ secret: process.env['UNSET_SECRET'] })).toThrow(
      /`secret`.*got undefined.*Set it/,
    );
  });

  it.each([
    ['a handler for a source that does not exist', ForUnknownSource, /'nobody'.*name one of: game/],
    ['a malformed event type', WithBadPattern, /'a\.\.b'/],
    ['two handlers with one name', Twice, /two handlers with the name 'same'/],
    ['two rules with one name', TwoRules, /two rules with the name 'same'/],
    ['an invalid cron expression', WithBadCron, /items.*cron|cron.*items/],
    ['a poller without a cursor', WithoutCursor, /cursor/],
    ['a poller named as a source', PollsGame, /the name 'game'/],
  ])('refuses %s', async (_, provider, message) => {
    await expectRefusal({ options: { sources: game }, host: { providers: [provider] } }, message);
  });

  it('REQ-49 refuses to be imported twice, and keeps two sources of one provider apart', async () => {
    await expectRefusal(
      { options: { sources: game }, host: { imports: [WebhookModule.forRoot({ path: 'other' })] } },
      /imported twice/,
    );
    const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const app = await apps.start({
      options: { sources: { ...game, other: standardWebhooks({ secret: other }) } },
    });
    const { body, headers } = pointsUpdated({ userId: 1, points: 1 });
    expect((await app.post('/webhooks/game', body, headers)).status).toBe(200);
    expect((await app.post('/webhooks/other', body, headers)).status).toBe(401);
  });

  it('REQ-35 refuses an application whose own parser comes first', async () => {
    @Module({
      imports: [
        TypeOrmModule.forRoot(apps.database.options),
        WebhookModule.forRoot({ sources: game }),
      ],
    })
    class AppModule {}
    const adapter = new ExpressAdapter(express().use(express.json()));
    const app = await NestFactory.create(AppModule, adapter, {
      logger: false,
      abortOnError: false,
    });
    await expect(app.init()).rejects.toThrow(/parser/i);
    await app.close();
  });

  it('refuses a data source that does not know the entities, or has no tables', async () => {
    const create = async (options: object): Promise<unknown> => {
      @Module({
        imports: [
          TypeOrmModule.forRoot({ ...apps.database.options, ...options }),
          WebhookModule.forRoot(),
        ],
      })
      class AppModule {}
      return NestFactory.create(AppModule, { logger: false, abortOnError: false }).then(
        () => undefined,
        (error: unknown) => error,
      );
    };
    expect(String(await create({ autoLoadEntities: false }))).toMatch(/webhookEntities|metadata/i);
    const noTables = await create({ synchronize: false });
    expect(noTables).toBeInstanceOf(ConfigurationError);
    expect(String(noTables)).toMatch(/webhook_event.*synchronize/);
  });

  it('refuses a database driver that it does not know, and a missing data source', () => {
    expect(() => createSqlDatabase({ options: { type: 'oracle' } } as DataSource)).toThrow(
      /'oracle' is not supported.*'better-sqlite3', 'postgres', 'mysql' or 'mariadb'/,
    );
    expect(() => createSqlDatabase(undefined)).toThrow(/no TypeORM data source/);
  });
});
