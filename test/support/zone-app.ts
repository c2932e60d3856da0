// An application in a process of its own, whose time zone a test chooses. For each table, a webhook sends 10
// points, the row is set to 150, and the poller runs. It prints the results as one line of JSON.
import 'reflect-metadata';
import { Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import {
  Poll,
  PollRegistry,
  Rule,
  unsigned,
  WebhookModule,
  type PolledEvent,
  type RuleMatch,
} from 'nestjs-hookline';
import { Column, DataSource, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { drain } from '../../lib/testing/drain.js';
import { RecordingLogger } from './recording.logger.js';

/** The report of a process about one of its tables. */
export interface ZoneReport {
  /** How often the rule fired. */
  readonly fired: number;
  /** When the old row, which the database wrote, has changed; `null` for the time of its discovery. */
  readonly occurredAt: string | null;
  /** The warnings that name the poller. */
  readonly warnings: readonly string[];
}

interface Player {
  id: number;
  points: number;
  updatedAt: Date;
}

interface Points {
  readonly table: string;
  readonly points: number;
}

/** A row that the database has written, in its own time zone. */
const LONG_AGO = '2026-01-01 12:00:00';

const options = JSON.parse(process.env['DATABASE'] ?? '{}') as TypeOrmModuleOptions;
const fired: string[] = [];

/** A table, and its poller. */
function table(name: string, updatedAt: PropertyDecorator): [entity: Type<Player>, poller: Type] {
  @Entity(name)
  @Index(['updatedAt', 'id'])
  class Row implements Player {
    @PrimaryColumn('integer') id!: number;
    @Column('integer') points!: number;
    @updatedAt updatedAt!: Date;
  }

  @Injectable()
  class Poller {
    @Poll({
      name,
      cron: '0 0 1 1 *',
      entity: Row,
      cursor: 'updatedAt',
      key: 'id',
      start: 'beginning',
    })
    changed({ id, points }: Row): PolledEvent {
      return { type: 'points.updated', data: { table: `${name}:${id}`, points } };
    }
  }
  return [Row, Poller];
}

@Injectable()
class Rules {
  @Rule<Points>({
    name: 'reached-100-points',
    on: 'points.updated',
    subject: ({ data }) => data.table,
    when: ({ data }) => data.points >= 100,
  })
  reached({ subject }: RuleMatch<Points>): void {
    fired.push(subject);
  }
}

const tables = [
  table('by_default', UpdateDateColumn()),
  table('not_selected', UpdateDateColumn({ select: false })),
  table('by_process', Column({ type: Date, precision: 6 })),
];
if (options.type === 'postgres') {
  tables.push(table('with_zone', UpdateDateColumn({ type: 'timestamptz' })));
}
if (options.type === 'mysql' || options.type === 'mariadb') {
  tables.push(table('stamped', UpdateDateColumn({ type: 'timestamp' })));
}
const entities = tables.map(([entity]) => entity);

@Module({
  imports: [
    TypeOrmModule.forRoot(options),
    TypeOrmModule.forFeature(entities),
    WebhookModule.forRoot({
      sources: { game: unsigned({ id: { path: 'table' }, type: { path: 'type' } }) },
    }),
  ],
  providers: [Rules, ...tables.map(([, poller]) => poller)],
})
class AppModule {}

const logger = new RecordingLogger();
const app = await NestFactory.create(AppModule, { logger });
await app.listen(0, '127.0.0.1');
const source = app.get(DataSource);
const report: Record<string, ZoneReport> = {};
for (const entity of entities) {
  const repository = source.getRepository(entity);
  const { tableName: name } = repository.metadata;
  const stamp = (): Partial<Player> => (name === 'by_process' ? { updatedAt: new Date() } : {});
  await repository.insert({ id: 1, points: 10, ...stamp() });
  await source.query(
    `INSERT INTO ${name} (id, points, ${source.driver.escape('updatedAt')}) VALUES (2, 200, '${LONG_AGO}')`,
  );
  const body = JSON.stringify({ type: 'points.updated', table: `${name}:1`, points: 10 });
  await fetch(`${await app.getUrl()}/webhooks/game`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  await drain(app);
  await repository.update({ id: 1 }, { points: 150, ...stamp() });
  await app.get(PollRegistry).run(name);
  await drain(app);
  const [old] = await source
    .getRepository(EventEntity)
    .find({ where: { source: name }, order: { key: 'ASC' } });
  report[name] = {
    fired: fired.filter((subject) => subject === `${name}:1`).length,
    occurredAt:
      old!.occurredAt === old!.receivedAt ? null : new Date(old!.occurredAt).toISOString(),
    warnings: logger.of('warn').filter((line) => line.includes(`'${name}'`)),
  };
}
await app.close();
process.stdout.write(`${JSON.stringify(report)}\n`);
