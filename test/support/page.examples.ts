import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Module, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { WebhookModule } from '../../lib/module/webhook.module.js';
import type { WebhookModuleOptions } from '../../lib/module/webhook.options.js';
import type { AdapterName } from './application.js';
import type { DatabaseKind, TestDatabase } from './databases.js';
import { GAME_SECRET } from './game.js';
import { MailServer } from './mail.server.js';
import { blocksOf, ROOT } from './pages.js';
import { RecordingLogger } from './recording.logger.js';
import { SharedDatabase } from './shared.database.js';

export const BLOCKS = blocksOf('ts');

/** The options of TypeOrmModule in an example, which say where the reader's database is. */
const WHERE = /TypeOrmModule\.forRoot\(\{[\s\S]*?\n( *)\}\)/;

const VARIABLES = ['GAME_SECRET', 'SHOP_SECRET', 'SMTP_URL'] as const;

export interface Running {
  readonly app: INestApplication;
  readonly url: string;
}

/** Runs the examples of the pages as they are printed, with the variables that they read and a server for mails. */
export class PageExamples {
  readonly mails = new MailServer();
  private readonly database: SharedDatabase;
  private readonly open: INestApplication[] = [];
  private folder = '';

  constructor(kind: DatabaseKind) {
    this.database = new SharedDatabase(kind);
    const before = VARIABLES.map((name) => process.env[name]);
    beforeAll(async () => {
      mkdirSync(join(ROOT, 'test', '.pages'), { recursive: true });
      this.folder = mkdtempSync(join(ROOT, 'test', '.pages', 'blocks-'));
      await this.mails.start();
      process.env['GAME_SECRET'] = GAME_SECRET;
      process.env['SHOP_SECRET'] = 'a secret of the shop';
      process.env['SMTP_URL'] = this.mails.url;
    });
    afterEach(async () => {
      for (const app of this.open.splice(0)) await app.close();
    });
    afterAll(async () => {
      await this.mails.stop();
      rmSync(this.folder, { recursive: true, force: true });
      for (const [index, name] of VARIABLES.entries()) {
        if (before[index] === undefined) delete process.env[name];
        else process.env[name] = before[index];
      }
    });
  }

  /** How an example reaches the database, which gets the tables of its entities, too. */
  get options(): TestDatabase['options'] {
    return { ...this.database.options, synchronize: true };
  }

  /** Loads the example that has this text as it is printed, but with the test's database. */
  async load<Exports>(text: string): Promise<Exports> {
    const index = BLOCKS.findIndex((block) => block.includes(text));
    if (index === -1) throw new Error(`No page has an example with ${text}.`);
    const file = join(this.folder, `${index}-${Math.random().toString(36).slice(2)}.ts`);
    const where = `TypeOrmModule.forRoot(${JSON.stringify(this.options)} as never)`;
    writeFileSync(file, BLOCKS[index]!.replace(WHERE, where));
    return (await import(file)) as Exports;
  }

  async start(module: Type, adapter: AdapterName = 'Express'): Promise<Running> {
    const app = await NestFactory.create(
      module,
      adapter === 'Express' ? new ExpressAdapter() : new FastifyAdapter(),
      { logger: new RecordingLogger(), abortOnError: false },
    );
    return this.listen(app);
  }

  /** Starts an application around what an example exports. */
  startWith(parts: {
    readonly sources?: WebhookModuleOptions['sources'];
    readonly providers?: Type[];
    readonly entities?: Type[];
  }): Promise<Running> {
    const { sources = {}, providers = [], entities = [] } = parts;
    @Module({
      imports: [
        TypeOrmModule.forRoot(this.options),
        TypeOrmModule.forFeature([...entities]),
        WebhookModule.forRoot({ sources }),
      ],
      providers,
    })
    class AppModule {}
    return this.start(AppModule);
  }

  /** Has an application listen until the test ends. */
  async listen(app: INestApplication): Promise<Running> {
    this.open.push(app);
    await app.listen(0, '127.0.0.1');
    return { app, url: await app.getUrl() };
  }
}
