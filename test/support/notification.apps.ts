import { Global, Injectable, Module, type DynamicModule, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MailerModule } from '@nestjs-modules/mailer';
import { DataSource } from 'typeorm';
import { Clock } from '../../lib/clock/clock.js';
import type { Duration } from '../../lib/clock/duration.js';
import { CommitSignal } from '../../lib/database/commit-signal.js';
import { DATABASE_CLOCK } from '../../lib/database/database.clock.js';
import { createSqlDatabase } from '../../lib/database/database.factory.js';
import { DATABASE_OPTIONS } from '../../lib/database/database.options.js';
import { Sealer } from '../../lib/database/sealer.js';
import { SqlDatabase } from '../../lib/database/sql-database.js';
import { OutboundClient } from '../../lib/http/outbound.client.js';
import type {
  ChannelMessage,
  NotificationChannel,
  SendReceipt,
} from '../../lib/notifications/channels/channel.js';
import type { Notification } from '../../lib/notifications/notification.js';
import { NotificationEntity } from '../../lib/notifications/notification.entity.js';
import { NotificationKeyEntity } from '../../lib/notifications/notification-key.entity.js';
import { NotificationService } from '../../lib/notifications/notification.service.js';
import { NotificationsModule } from '../../lib/notifications/notifications.module.js';
import {
  NOTIFICATIONS_OPTIONS,
  type NotificationsOptions,
} from '../../lib/notifications/notifications.options.js';
import { QueueEngine } from '../../lib/queue/queue.engine.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../../lib/queue/queue.options.js';
import { QueueService } from '../../lib/queue/queue.service.js';
import { Pruner } from '../../lib/retention/pruner.js';
import { RETENTION_OPTIONS } from '../../lib/retention/retention.options.js';
import type { Discard } from '../../lib/retry/discard.js';
import type { RetryLater } from '../../lib/retry/retry-later.js';
import { close } from './close.js';
import type { DatabaseKind } from './databases.js';
import { FakeClock } from './fake.clock.js';
import { LOCAL_RECEIVERS } from './local-receivers.js';
import { QUEUE_ENTITIES } from './queue.entities.js';
import { SharedDatabase } from './shared.database.js';

/** What the host's channel sends. */
interface Sms {
  readonly to: string;
  readonly text?: string;
}

export const sms = (key?: string, to = '+431234'): Notification<Sms> => ({
  channel: 'sms',
  payload: { to },
  ...(key === undefined ? undefined : { key }),
});

type Sent = ChannelMessage<Sms>;
type Answer = Promise<SendReceipt | RetryLater | Discard>;

/** A channel of the host that does what the test says. */
@Injectable()
export class SmsChannel implements NotificationChannel<Sms> {
  readonly name = 'sms';
  readonly sent: Sent[] = [];
  answer: (message: Sent) => Answer = () => Promise.resolve({ receipt: 'ticket 1' });

  recipient({ to }: Sms): string {
    return to;
  }

  send(message: Sent): Answer {
    this.sent.push(message);
    return this.answer(message);
  }
}

type QueueChanges = Partial<Omit<ResolvedQueueOptions, 'backoff'>>;

/** What the root module gives to every feature. */
@Global()
@Module({})
class CoreModule {
  static with(
    clock: Clock,
    notifications: NotificationsOptions,
    queue: QueueChanges = {},
  ): DynamicModule {
    return {
      module: CoreModule,
      imports: [
        TypeOrmModule.forFeature([...QUEUE_ENTITIES, NotificationEntity, NotificationKeyEntity]),
      ],
      providers: [
        {
          provide: SqlDatabase,
          // A test says when another process runs jobs: none wakes it.
          useFactory: (dataSource: DataSource) =>
            createSqlDatabase(dataSource, { ...DATABASE_OPTIONS.defaults, wakeUps: false }),
          inject: [DataSource],
        },
        {
          provide: CommitSignal,
          useFactory: (dataSource: DataSource) => new CommitSignal(dataSource),
          inject: [DataSource],
        },
        { provide: Clock, useValue: clock },
        { provide: DATABASE_CLOCK, useExisting: Clock },
        { provide: Sealer, useValue: new Sealer([]) },
        {
          provide: OutboundClient,
          useFactory: () => new OutboundClient({ clock, ...LOCAL_RECEIVERS }),
        },
        { provide: QUEUE_OPTIONS.token, useValue: { ...withoutJitter(), ...queue } },
        { provide: RETENTION_OPTIONS.token, useValue: RETENTION_OPTIONS.defaults },
        {
          provide: NOTIFICATIONS_OPTIONS.token,
          useValue: NOTIFICATIONS_OPTIONS.resolve(notifications),
        },
      ],
      exports: [
        SqlDatabase,
        CommitSignal,
        Sealer,
        Clock,
        DATABASE_CLOCK,
        QUEUE_OPTIONS.token,
        RETENTION_OPTIONS.token,
        NOTIFICATIONS_OPTIONS.token,
        OutboundClient,
      ],
    };
  }
}

function withoutJitter(): ResolvedQueueOptions {
  return {
    ...QUEUE_OPTIONS.defaults,
    enabled: true,
    stopTimeoutMs: 0,
    backoff: { ...QUEUE_OPTIONS.defaults.backoff, jitter: 0 },
  };
}

interface NotificationSetup {
  readonly channels?: readonly Type<NotificationChannel>[];
  readonly smtpUrl?: string;
  readonly clock?: FakeClock;
  /** For how long keys are kept. */
  readonly keepKeyFor?: Duration;
  readonly queue?: QueueChanges;
}

/** Gives each test a clock and applications that consist of notifications and the queue. */
export class NotificationApps {
  clock = new FakeClock();
  /** What they log. */
  lines: string[] = [];
  private readonly open: TestingModule[] = [];
  private readonly database: SharedDatabase;

  constructor(kind: DatabaseKind) {
    this.database = new SharedDatabase(kind, []);
    beforeEach(() => {
      this.clock = new FakeClock();
      this.lines = [];
    });
    afterEach(() => this.closeAll());
  }

  async start({
    channels = [SmsChannel],
    smtpUrl,
    clock = this.clock,
    keepKeyFor = Infinity,
    queue,
  }: NotificationSetup = {}) {
    const log = (line: unknown): void => void this.lines.push(String(line));
    const mailer = (transport: string): DynamicModule =>
      MailerModule.forRoot({ transport, defaults: { from: 'game@example.com' } });
    const application = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(this.database.options),
        CoreModule.with(clock, { channels, keepKeyFor }, queue),
        NotificationsModule,
        ...(smtpUrl === undefined ? [] : [mailer(smtpUrl)]),
      ],
      providers: [SmsChannel],
    })
      .setLogger({ log, error: log, warn: log })
      .compile();
    this.open.push(application);
    await application.init();
    return {
      notifications: application.get(NotificationService),
      worker: application.get(QueueEngine, { strict: false }),
      queue: application.get(QueueService, { strict: false }),
      database: application.get(SqlDatabase),
      dataSource: application.get(DataSource),
      sms: application.get(SmsChannel),
      pruner: application.get(Pruner, { strict: false }),
    };
  }

  private async closeAll(): Promise<void> {
    const closed = Promise.all(this.open.splice(0).map(close)).then(() => true);
    const soon = (): Promise<boolean> => new Promise((resolve) => setImmediate(resolve, false));
    // What a test has left hanging is given up when the clock goes on.
    while (!(await Promise.race([closed, soon()]))) this.clock.advance(0);
  }
}
