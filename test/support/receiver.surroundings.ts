import { Global, Module, type LoggerService, type ModuleMetadata, type Type } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { createHmac } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Clock } from '../../lib/clock/clock.js';
import { SystemClock } from '../../lib/clock/system.clock.js';
import { CommitSignal } from '../../lib/database/commit-signal.js';
import { DATABASE_CLOCK } from '../../lib/database/database.clock.js';
import { createSqlDatabase } from '../../lib/database/database.factory.js';
import { Sealer } from '../../lib/database/sealer.js';
import { SqlDatabase } from '../../lib/database/sql-database.js';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { INBOX_OPTIONS } from '../../lib/inbox/inbox.options.js';
import { resolveWebhookOptions } from '../../lib/module/webhook.options.js';
import { QUEUE_ENTITIES } from './queue.entities.js';
import { QUEUE_OPTIONS } from '../../lib/queue/queue.options.js';
import { KEY_FETCH } from '../../lib/receiver/key-fetch.js';
import { ReceiverModule } from '../../lib/receiver/receiver.module.js';
import { RECEIVER_OPTIONS, type ReceiverOptions } from '../../lib/receiver/receiver.options.js';
import type { SourcesOption } from '../../lib/receiver/sources.option.js';
import { WebhookReceiver } from '../../lib/receiver/webhook.receiver.js';
import { RETENTION_OPTIONS } from '../../lib/retention/retention.options.js';
import type { SignatureScheme } from '../../lib/signatures/signature-scheme.js';

export const SECRET = 'a very secret secret';

/** Hex HMAC of the body in `x-test-signature`; id and type in headers. */
export const signed: SignatureScheme = {
  name: 'signed',
  verify: ({ headers, body }) => {
    const given = headers['x-test-signature'];
    if (given === undefined) return { ok: false, reason: 'missing-signature' };
    if (given !== signature(body)) return { ok: false, reason: 'signature-mismatch' };
    return {
      ok: true,
      keyIndex: 0,
      ...(typeof headers['x-id'] === 'string' && { eventId: headers['x-id'] }),
      ...(typeof headers['x-type'] === 'string' && { eventType: headers['x-type'] }),
    };
  },
};

export function signature(body: Uint8Array): string {
  return createHmac('sha256', SECRET).update(body).digest('hex');
}

/** Keeps what the receiver logs at some levels. */
export class ReceiverLog implements LoggerService {
  readonly lines: string[] = [];
  readonly log = this.record('log');
  readonly warn = this.record('warn');
  readonly error = this.record('error');
  readonly debug = this.record('debug');

  constructor(private readonly levels: readonly string[]) {}

  private record(level: string) {
    return (message: unknown, ...rest: unknown[]): void => {
      if (!this.levels.includes(level) || rest.at(-1) !== WebhookReceiver.name) return;
      this.lines.push(`${level}: ${String(message)}`);
    };
  }
}

/** The receiver, and what the library's own core module gives it. */
export function receiverImports(
  sources: SourcesOption,
  hostProviders: readonly Type[] = [],
  receiver: ReceiverOptions = {},
): NonNullable<ModuleMetadata['imports']> {
  const provided = [
    { provide: SqlDatabase, useFactory: createSqlDatabase, inject: [getDataSourceToken()] },
    {
      provide: CommitSignal,
      useFactory: (dataSource: DataSource) => new CommitSignal(dataSource),
      inject: [getDataSourceToken()],
    },
    { provide: Clock, useClass: SystemClock },
    { provide: DATABASE_CLOCK, useExisting: Clock },
    { provide: Sealer, useValue: new Sealer([]) },
    { provide: KEY_FETCH, useValue: globalThis.fetch },
    { provide: QUEUE_OPTIONS.token, useValue: { ...QUEUE_OPTIONS.defaults, enabled: false } },
    { provide: RETENTION_OPTIONS.token, useValue: RETENTION_OPTIONS.defaults },
    { provide: INBOX_OPTIONS.token, useValue: INBOX_OPTIONS.defaults },
    {
      provide: RECEIVER_OPTIONS.token,
      useValue: resolveWebhookOptions({ sources, receiver }).receiver,
    },
  ];

  @Global()
  @Module({
    providers: [...provided, ...hostProviders],
    exports: provided.map(({ provide }) => provide),
  })
  class Surroundings {}

  return [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [EventEntity, ...QUEUE_ENTITIES],
      synchronize: true,
    }),
    Surroundings,
    ReceiverModule,
  ];
}
