import 'reflect-metadata';
import type { INestApplication, RawBodyRequest, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { standardWebhooks } from 'nestjs-hookline';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { GAME_SECRET, WEBHOOK_PATH } from '../load/signed.requests.js';

export type AdapterName = 'Express' | 'Fastify';

/** The configuration of every application of the benchmark. */
export interface HostConfig {
  readonly adapter?: AdapterName;
  readonly database?: TypeOrmModuleOptions;
}

/** The signature scheme of all of them, so that none has a cheaper check. */
export const scheme = standardWebhooks({ secret: GAME_SECRET });

/**
 * Starts an application as a host's main.ts does.
 *
 * @param rawBody whether to keep raw bodies, which verification by hand needs, and the library does not
 */
export async function listen(
  module: Type,
  { adapter = 'Express' }: HostConfig,
  rawBody: boolean,
): Promise<INestApplication> {
  const app = await NestFactory.create(
    module,
    adapter === 'Express' ? new ExpressAdapter() : new FastifyAdapter(),
    { logger: ['error', 'warn'], rawBody },
  );
  await app.listen(0, '127.0.0.1');
  return app;
}

export function portOf(app: INestApplication): number {
  return (app.getHttpServer().address() as AddressInfo).port;
}

/** Verifies by hand, as a controller of a team would. */
export async function isGenuine(request: RawBodyRequest<IncomingMessage>): Promise<boolean> {
  if (request.rawBody === undefined) return false;
  const verification = await scheme.verify(
    { method: 'POST', url: WEBHOOK_PATH, headers: request.headers, body: request.rawBody },
    { now: new Date() },
  );
  return verification.ok;
}

/** The host's data source; on SQLite, unlike the driver's default, durable to the last commit. */
export function dataSource(options: TypeOrmModuleOptions = {}) {
  if (options.type !== 'better-sqlite3') return TypeOrmModule.forRoot(options);
  return TypeOrmModule.forRoot({
    ...options,
    prepareDatabase: (connection: { pragma(sql: string): unknown }) => {
      connection.pragma('synchronous = FULL');
    },
  });
}

/** Throws if SQLite does not sync each commit. */
export async function assertDurable(app: {
  get(type: typeof DataSource): DataSource;
}): Promise<void> {
  const source = app.get(DataSource);
  if (source.options.type !== 'better-sqlite3') return;
  const [mode] = (await source.query('PRAGMA journal_mode')) as { journal_mode: string }[];
  const [level] = (await source.query('PRAGMA synchronous')) as { synchronous: number }[];
  if (mode?.journal_mode !== 'wal' || level?.synchronous !== 2) {
    throw new Error(`Expected WAL and synchronous FULL, got ${JSON.stringify([mode, level])}.`);
  }
}
