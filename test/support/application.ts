import type { INestApplication, ModuleMetadata, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { drain } from '../../lib/testing/drain.js';
import { WebhookModule } from '../../lib/module/webhook.module.js';
import type { WebhookModuleOptions } from '../../lib/module/webhook.options.js';
import { LogListener } from '../../lib/telemetry/log.listener.js';
import type { TestDatabase } from './databases.js';
import { RecordingLogger } from './recording.logger.js';

export type AdapterName = 'Express' | 'Fastify';

export const ADAPTERS: readonly AdapterName[] = ['Express', 'Fastify'];

export interface AppSetup {
  readonly database: Pick<TestDatabase, 'options'>;
  readonly options?: WebhookModuleOptions;
  readonly adapter?: AdapterName;
  /** The host's own providers, controllers and further imports. */
  readonly host?: Pick<ModuleMetadata, 'providers' | 'controllers' | 'imports'>;
  /** The host's own entities. */
  readonly entities?: readonly Type[];
  /** What main.ts would do between create() and listen(). */
  readonly prepare?: (app: INestApplication) => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** A running application of a host. */
export interface TestApp {
  readonly app: INestApplication;
  readonly url: string;
  readonly logger: RecordingLogger;
  post(path: string, body: string | Buffer, headers?: Record<string, string>): Promise<Answer>;
  request(path: string, init: RequestInit): Promise<Answer>;
  /** Runs all due jobs to their end. */
  drain(): Promise<void>;
  dataSource(): DataSource;
  /** Forgets what was logged, and the refusals that the log would sum up. */
  clearLog(): void;
  close(): Promise<void>;
}

/**
 * NestJS does not wait for a connection that is still being opened when another provider refuses to start. It
 * would be opened while its database is dropped, and tell so in the log of the next test.
 */
class Connection {
  private opening: Promise<DataSource> | undefined;
  private abandoned = false;

  open(options: DataSourceOptions): Promise<DataSource> {
    if (this.abandoned) return new Promise(() => undefined);
    this.opening = new DataSource(options).initialize();
    return this.opening;
  }

  async abandon(): Promise<void> {
    this.abandoned = true;
    await this.opening?.then(
      (dataSource) => dataSource.destroy(),
      () => undefined,
    );
  }
}

/** Starts an application as a host's main.ts does, without a setting for raw bodies. */
export async function startApp(setup: AppSetup): Promise<TestApp> {
  const { database, options = {}, adapter = 'Express', host = {}, entities = [] } = setup;
  const connection = new Connection();

  @Module({
    imports: [
      TypeOrmModule.forRootAsync({
        useFactory: () => database.options,
        dataSourceFactory: (given) => connection.open(given!),
      }),
      TypeOrmModule.forFeature([...entities]),
      WebhookModule.forRoot(options),
      ...(host.imports ?? []),
    ],
    providers: host.providers ?? [],
    controllers: host.controllers ?? [],
  })
  class AppModule {}

  const logger = new RecordingLogger();
  const app = await NestFactory.create(
    AppModule,
    adapter === 'Express' ? new ExpressAdapter() : new FastifyAdapter(),
    { logger, abortOnError: false },
  ).catch(async (error: unknown) => {
    await connection.abandon();
    throw error;
  });
  try {
    setup.prepare?.(app);
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
  const url = await app.getUrl();
  const request = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  return {
    app,
    url,
    logger,
    request,
    post: (path, body, headers = {}) =>
      request(path, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers }),
    drain: () => drain(app),
    dataSource: () => app.get(DataSource),
    clearLog: () => {
      app.get(LogListener, { strict: false }).onApplicationShutdown();
      logger.clear();
    },
    close: () => app.close(),
  };
}
