// An application in a process of its own, for tests that kill it: it ends a pause, tells when one of the transactions
// that this takes has done its work, and does not commit it.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { PauseService, WebhookModule, type PauseTarget } from 'nestjs-hookline';
import { SqlDatabase } from '../../lib/database/sql-database.js';
import { FakeClock } from './fake.clock.js';

const database = JSON.parse(process.env['DATABASE'] ?? '{}') as TypeOrmModuleOptions;
const target = JSON.parse(process.env['RESUME'] ?? '{}') as PauseTarget;
/** Which of the transactions, the first one is 1. */
const stopsIn = Number(process.env['STOP_IN']);

@Module({
  imports: [
    TypeOrmModule.forRoot(database),
    WebhookModule.forRoot({ clock: new FakeClock(), roles: ['receive'] }),
  ],
})
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
const sql = app.get(SqlDatabase, { strict: false });
const managed = sql.managed.bind(sql) as SqlDatabase['managed'];
let count = 0;
Object.assign(sql, {
  managed: ((work, ...rest) =>
    managed(
      async (manager) => {
        const result = await work(manager);
        if (++count < stopsIn) return result;
        process.stdout.write(`stopped in ${count}\n`);
        return new Promise<typeof result>(() => undefined);
      },
      ...rest,
    )) as SqlDatabase['managed'],
});
await app.get(PauseService, { strict: false }).resume(target);
process.stdout.write('stopped never\n');
