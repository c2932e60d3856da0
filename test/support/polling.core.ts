import { Global, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Clock } from '../../lib/clock/clock.js';
import { CommitSignal } from '../../lib/database/commit-signal.js';
import { DATABASE_CLOCK } from '../../lib/database/database.clock.js';
import { createSqlDatabase } from '../../lib/database/database.factory.js';
import { Sealer } from '../../lib/database/sealer.js';
import { SqlDatabase } from '../../lib/database/sql-database.js';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { INBOX_OPTIONS } from '../../lib/inbox/inbox.options.js';
import { PollItemEntity } from '../../lib/polling/aside/poll-item.entity.js';
import { PollCursorEntity } from '../../lib/polling/cursor/poll-cursor.entity.js';
import { PollingModule } from '../../lib/polling/polling.module.js';
import { POLLING_OPTIONS } from '../../lib/polling/polling.options.js';
import { QUEUE_ENTITIES } from './queue.entities.js';
import { QUEUE_OPTIONS } from '../../lib/queue/queue.options.js';
import { RETENTION_OPTIONS } from '../../lib/retention/retention.options.js';
import type { TestDatabase } from './databases.js';

export interface PollingParts {
  readonly clock: Clock;
  readonly polling?: object | undefined;
  readonly inbox?: object | undefined;
  readonly source: TestDatabase['options'];
  /** The host's entities. */
  readonly entities: readonly Type[];
  readonly imports?: ModuleMetadata['imports'] | undefined;
  readonly providers: Type[];
}

/** Compiles polling and the inbox only: a whole application takes twice as long to start. */
export function createPolling(parts: PollingParts): Promise<TestingModule> {
  return Test.createTestingModule({
    imports: [coreOf(parts), PollingModule, ...(parts.imports ?? [])],
    providers: parts.providers,
  }).compile();
}

/** The providers that the library's own core module gives polling and the inbox. */
function coreOf({ clock, polling, inbox, source, entities }: PollingParts): Type {
  const providers = [
    { provide: SqlDatabase, useFactory: createSqlDatabase, inject: [getDataSourceToken()] },
    {
      provide: CommitSignal,
      useFactory: (dataSource: DataSource) => new CommitSignal(dataSource),
      inject: [getDataSourceToken()],
    },
    { provide: Clock, useValue: clock },
    { provide: DATABASE_CLOCK, useExisting: Clock },
    { provide: Sealer, useValue: new Sealer([]) },
    { provide: INBOX_OPTIONS.token, useValue: { ...INBOX_OPTIONS.defaults, ...inbox } },
    { provide: QUEUE_OPTIONS.token, useValue: { ...QUEUE_OPTIONS.defaults, enabled: false } },
    { provide: RETENTION_OPTIONS.token, useValue: RETENTION_OPTIONS.defaults },
    {
      provide: POLLING_OPTIONS.token,
      useValue: { ...POLLING_OPTIONS.defaults, enabled: true, ...polling },
    },
  ];

  @Global()
  @Module({
    imports: [
      TypeOrmModule.forRoot({ ...source, retryAttempts: 0 }),
      TypeOrmModule.forFeature([
        ...entities,
        EventEntity,
        ...QUEUE_ENTITIES,
        PollCursorEntity,
        PollItemEntity,
      ]),
    ],
    providers,
    exports: providers.map(({ provide }) => provide),
  })
  class Core {}
  return Core;
}
