import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Global, Injectable, Module, type DynamicModule, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MailerModule } from '@nestjs-modules/mailer';
import { SMTPServer } from 'smtp-server';
import { DataSource } from 'typeorm';
import { close } from '../../test/support/close.js';
import { describeOnDatabases, type TestDatabase } from '../../test/support/databases.js';
import { FakeClock } from '../../test/support/fake.clock.js';
import { LOCAL_RECEIVERS } from '../../test/support/local-receivers.js';
import { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { CommitSignal } from '../database/commit-signal.js';
import { createSqlDatabase } from '../database/database.factory.js';
import { Sealer } from '../database/sealer.js';
import { SqlDatabase } from '../database/sql-database.js';
import { Discard } from '../retry/discard.js';
import { OutboundClient } from '../http/outbound.client.js';
import { JobEntity } from '../queue/job.entity.js';
import { QueueEngine } from '../queue/queue.engine.js';
import { QUEUE_OPTIONS } from '../queue/queue.options.js';
import { RETENTION_OPTIONS } from '../retention/retention.options.js';
import { QueueService } from '../queue/queue.service.js';
import { RetryLater } from '../retry/retry-later.js';
import type { ChannelMessage, NotificationChannel, SendReceipt } from './channels/channel.js';
import { email } from './channels/email/email.notification.js';
import { httpPost } from './channels/http/http-post.notification.js';
import type { Notification } from './notification.js';
import { NotificationEntity } from './notification.entity.js';
import { NotificationService } from './notification.service.js';
import { NotificationsModule } from './notifications.module.js';
import { NOTIFICATIONS_OPTIONS } from './notifications.options.js';

interface Sms {
  readonly to: string;
  readonly text?: string;
}

const sms = (key?: string, to = '+431234'): Notification<Sms> => ({
  channel: 'sms',
  payload: { to },
  ...(key === undefined ? undefined : { key }),
});

type Sent = ChannelMessage<Sms>;
type Answer = Promise<SendReceipt | RetryLater | Discard>;

/** A channel of the host that does what the test says. */
@Injectable()
class SmsChannel implements NotificationChannel<Sms> {
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

/** What the root module gives to every feature. */
@Global()
@Module({})
class CoreModule {
  static with(clock: Clock, channels: readonly Type<NotificationChannel>[]): DynamicModule {
    return {
      module: CoreModule,
      imports: [TypeOrmModule.forFeature([JobEntity, NotificationEntity])],
      providers: [
        { provide: SqlDatabase, useFactory: createSqlDatabase, inject: [DataSource] },
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
        { provide: QUEUE_OPTIONS.token, useValue: withoutJitter() },
        { provide: RETENTION_OPTIONS.token, useValue: RETENTION_OPTIONS.defaults },
        {
          provide: NOTIFICATIONS_OPTIONS.token,
          useValue: NOTIFICATIONS_OPTIONS.resolve({ channels }),
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

function withoutJitter(): typeof QUEUE_OPTIONS.defaults {
  return {
    ...QUEUE_OPTIONS.defaults,
    stopTimeoutMs: 0,
    backoff: { ...QUEUE_OPTIONS.defaults.backoff, jitter: 0 },
  };
}

interface StartOptions {
  readonly channels?: readonly Type<NotificationChannel>[];
  readonly smtpUrl?: string;
  readonly clock?: FakeClock;
}

describeOnDatabases(NotificationsModule.name, (kind) => {
  let clock: FakeClock;
  let database: TestDatabase;
  let open: TestingModule[];
  let lines: string[];

  beforeEach(async () => {
    clock = new FakeClock();
    database = await kind.create();
    open = [];
    lines = [];
  });

  afterEach(async () => {
    const closed = Promise.all(open.map(close)).then(() => true);
    const soon = (): Promise<boolean> => new Promise((resolve) => setImmediate(resolve, false));
    // What a test has left hanging is given up when the clock goes on.
    while (!(await Promise.race([closed, soon()]))) clock.advance(0);
    await database.drop();
  });

  const log = (line: unknown): void => void lines.push(String(line));

  const start = async (options: StartOptions = {}) => {
    const application = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(database.options),
        CoreModule.with(options.clock ?? clock, options.channels ?? [SmsChannel]),
        NotificationsModule,
        ...(options.smtpUrl === undefined
          ? []
          : [
              MailerModule.forRoot({
                transport: options.smtpUrl,
                defaults: { from: 'game@example.com' },
              }),
            ]),
      ],
      providers: [SmsChannel],
    })
      .setLogger({ log, error: log, warn: log })
      .compile();
    open.push(application);
    await application.init();
    return {
      application,
      notifications: application.get(NotificationService),
      worker: application.get(QueueEngine, { strict: false }),
      queue: application.get(QueueService, { strict: false }),
      database: application.get(SqlDatabase),
      dataSource: application.get(DataSource),
      sms: application.get(SmsChannel),
    };
  };

  const failure = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  describe('notify', () => {
    it('stores a notification, has it sent, and keeps what became of it', async () => {
      const { notifications, worker, sms: channel } = await start();
      const result = await notifications.notify(sms('welcome:1'));
      expect(result.status).toBe('queued');
      await worker.runDue();
      expect(channel.sent).toMatchObject([
        {
          id: result.id,
          payload: { to: '+431234' },
          attempt: 1,
          createdAt: new Date(clock.now()),
        },
      ]);
      expect(await notifications.get(result.id)).toEqual({
        id: result.id,
        channel: 'sms',
        recipient: '+431234',
        key: 'welcome:1',
        state: 'completed',
        createdAt: new Date(clock.now()),
        sentAt: new Date(clock.now()),
        receipt: 'ticket 1',
        lastError: null,
      });
    });

    it('REQ-53 does not wait for the sending', async () => {
      const { notifications, sms: channel } = await start();
      const sending = new Promise<void>((begun) => {
        channel.answer = () => {
          begun();
          return new Promise(() => undefined);
        };
      });
      const { id } = await notifications.notify(sms());
      await sending;
      expect(await notifications.get(id)).toMatchObject({ state: 'running', sentAt: null });
    });

    it('sends once per key, however often and by however many processes it is asked', async () => {
      const processes = [await start(), await start()];
      // One thread cannot wait for itself: two processes on SQLite are asked one after the other.
      const atOnce = kind.name === 'SQLite' ? processes.slice(0, 1) : processes;
      const ask = ({ notifications }: (typeof processes)[0]) =>
        Array.from({ length: 5 }, () => notifications.notify(sms('same')));
      const results = await Promise.all(atOnce.flatMap(ask));
      for (const process of processes) results.push(...(await Promise.all(ask(process))));
      expect(results.filter(({ status }) => status === 'queued')).toHaveLength(1);
      expect(new Set(results.map(({ id }) => id)).size).toBe(1);
      for (const { worker } of processes) await worker.runDue();
      expect(processes.flatMap((process) => process.sms.sent)).toHaveLength(1);
    });

    it('does not take the same key of two channels for one', async () => {
      const { notifications } = await start();
      const post = httpPost({ url: 'http://127.0.0.1:9/', json: 1, key: 'same' });
      expect(await notifications.notify(sms('same'))).toMatchObject({ status: 'queued' });
      expect(await notifications.notify(post)).toMatchObject({ status: 'queued' });
    });

    it('REQ-32 sends each one without a key', async () => {
      const { notifications, worker, sms: channel } = await start();
      const withNull = { ...sms(), key: null } as unknown as Notification;
      for (const notification of [sms(), sms(), withNull, withNull]) {
        expect(await notifications.notify(notification)).toMatchObject({ status: 'queued' });
      }
      await worker.runDue();
      expect(new Set(channel.sent.map(({ id }) => id)).size).toBe(4);
    });

    it('lets the key of the options go first', async () => {
      const { notifications } = await start();
      await notifications.notify(sms('own'), { key: 'given' });
      expect((await notifications.list()).items).toMatchObject([{ key: 'given' }]);
    });

    it.each([
      ['REQ-27 that is as long as fits', 'k'.repeat(255), 'k'.repeat(255)],
      ['REQ-27 that is longer', 'k'.repeat(256), expect.stringMatching(/^sha256:[0-9a-f]{64}$/)],
      ['REQ-40 with a NUL', 'a\u0000', expect.stringMatching(/^sha256:/)],
      ['REQ-40 with a lone surrogate', 'a\ud800', expect.stringMatching(/^sha256:/)],
    ])('takes a key %s', async (_, key, stored) => {
      const { notifications } = await start();
      const first = await notifications.notify(sms(key));
      expect(await notifications.notify(sms(key))).toEqual({ status: 'duplicate', id: first.id });
      expect((await notifications.list({ key })).items).toMatchObject([
        { id: first.id, key: stored },
      ]);
    });

    it('REQ-40 keeps a payload and a receipt as they are, or storable', async () => {
      const { notifications, worker, sms: channel } = await start();
      channel.answer = () => Promise.resolve({ receipt: 'a\u0000\nb' });
      const payload = { to: '+43\u0000', text: 'x\u0000\ud800😀' };
      const { id } = await notifications.notify({ channel: 'sms', payload });
      await worker.runDue();
      expect(channel.sent[0]!.payload).toEqual(payload);
      expect(await notifications.get(id)).toMatchObject({ recipient: '+43 ', receipt: 'a b' });
    });

    it.each<[string, Notification, string]>([
      ['an unknown channel', { channel: 'pigeon', payload: {} }, 'UNKNOWN_CHANNEL'],
      [
        'REQ-44 a channel that is a property of objects',
        { channel: 'toString', payload: {} },
        'UNKNOWN_CHANNEL',
      ],
      [
        'a payload that JSON cannot hold',
        { channel: 'sms', payload: { to: () => '' } },
        'INVALID_NOTIFICATION',
      ],
      ['an empty key', sms(''), 'INVALID_NOTIFICATION'],
      ['a post to no URL', httpPost({ url: 'chat', json: 1 }), 'INVALID_NOTIFICATION'],
      [
        'an e-mail without a mailer',
        email({ to: 'a@example.com', subject: '', text: '' }),
        'CONFIGURATION',
      ],
    ])('refuses %s, and stores nothing', async (_, notification, code) => {
      const { notifications, queue } = await start();
      expect(await failure(notifications.notify(notification))).toMatchObject({ code });
      expect((await notifications.list()).items).toEqual([]);
      expect((await queue.list()).items).toEqual([]);
    });

    it('names the channels that there are', async () => {
      const { notifications } = await start();
      await expect(notifications.notify({ channel: 'pigeon', payload: {} })).rejects.toThrow(
        "There is no notification channel 'pigeon', only: email, http, sms.",
      );
    });
  });

  describe('notify within a transaction of the host', () => {
    it('sends when it commits', async () => {
      const { notifications, dataSource, worker, sms: channel } = await start();
      const { id } = await dataSource.transaction((manager) =>
        notifications.notify(sms('a'), { manager }),
      );
      await worker.runDue();
      expect(channel.sent).toMatchObject([{ id }]);
    });

    it('leaves nothing behind when it rolls back', async () => {
      const { notifications, dataSource, worker, queue, sms: channel } = await start();
      const work = dataSource.transaction(async (manager) => {
        await notifications.notify(sms('a'), { manager });
        throw new Error('rolled back');
      });
      await expect(work).rejects.toThrow('rolled back');
      await worker.runDue();
      expect(channel.sent).toEqual([]);
      expect((await queue.list()).items).toEqual([]);
      expect((await notifications.list()).items).toEqual([]);
      expect(await notifications.notify(sms('a'))).toMatchObject({ status: 'queued' });
    });

    it('takes part in the transaction that the caller runs in, without being given it', async () => {
      const { notifications, database: sql } = await start();
      const work = sql.managed(async () => {
        await notifications.notify(sms('a'));
        throw new Error('rolled back');
      });
      await expect(work).rejects.toThrow('rolled back');
      expect((await notifications.list()).items).toEqual([]);
    });

    it('does not break it by a duplicate', async () => {
      const { notifications, dataSource } = await start();
      const first = await notifications.notify(sms('a'));
      await dataSource.transaction(async (manager) => {
        expect(await notifications.notify(sms('a'), { manager })).toEqual({
          status: 'duplicate',
          id: first.id,
        });
        expect(await notifications.notify(sms('b'), { manager })).toMatchObject({
          status: 'queued',
        });
      });
      expect((await notifications.list()).items).toHaveLength(2);
    });

    it('refuses a manager that has no transaction, and stores nothing', async () => {
      const { notifications, dataSource } = await start();
      const runner = dataSource.createQueryRunner();
      for (const { manager } of [dataSource, runner]) {
        await expect(notifications.notify(sms('a'), { manager })).rejects.toThrow(
          'The `manager` of notify() has no open transaction',
        );
      }
      await runner.release();
      expect((await notifications.list()).items).toEqual([]);
    });

    // SQLite has one connection, and so one transaction at a time.
    if (kind.name === 'SQLite') return;

    it.each([
      ['rolls back', 'queued'],
      ['commits', 'duplicate'],
    ])('waits for one with the same key, which %s', async (end, status) => {
      const { notifications, dataSource } = await start();
      const first = dataSource.createQueryRunner();
      const second = dataSource.createQueryRunner();
      await first.startTransaction();
      await second.startTransaction();
      await notifications.notify(sms('a'), { manager: first.manager });
      const waiting = notifications.notify(sms('a'), { manager: second.manager });
      await (end === 'commits' ? first.commitTransaction() : first.rollbackTransaction());
      expect(await waiting).toMatchObject({ status });
      await second.commitTransaction();
      expect((await notifications.list()).items).toHaveLength(1);
      await Promise.all([first.release(), second.release()]);
    });
  });

  describe('list', () => {
    it('gives the newest first, filtered and limited', async () => {
      const { notifications, worker, sms: channel } = await start();
      const ids: string[] = [];
      for (const to of ['+431', '+432', '+431']) {
        ids.unshift((await notifications.notify(sms(`key ${ids.length}`, to))).id);
      }
      channel.answer = ({ id }) =>
        Promise.resolve(id === ids[0] ? new Discard('no such number') : {});
      await worker.runDue();
      const listed = async (
        filter: Parameters<NotificationService['list']>[0],
      ): Promise<string[]> => (await notifications.list(filter)).items.map(({ id }) => id);
      expect(await listed({})).toEqual(ids);
      expect((await notifications.list({}, { limit: 1 })).items).toMatchObject([{ id: ids[0] }]);
      expect(await listed({ recipient: '+431' })).toEqual([ids[0], ids[2]]);
      expect(await listed({ recipient: '+43' })).toEqual([]);
      expect(await listed({ key: 'key 1' })).toEqual([ids[1]]);
      expect(await listed({ channel: 'http' })).toEqual([]);
      expect(await listed({ channel: 'sms', state: 'completed' })).toEqual([ids[1], ids[2]]);
      expect((await notifications.list({ state: 'discarded' })).items).toMatchObject([
        { id: ids[0], sentAt: null, receipt: null, lastError: 'no such number' },
      ]);
    });
  });

  describe('get', () => {
    it('gives nothing for an id that there is not', async () => {
      const { notifications } = await start();
      expect(await notifications.get('0190a0a0-0000-7000-8000-000000000001')).toBeUndefined();
      expect(await notifications.get('no id')).toBeUndefined();
    });
  });

  describe('a job', () => {
    it('is retried with growing delays when its channel throws', async () => {
      const { notifications, worker, sms: channel } = await start();
      channel.answer = () => Promise.reject(new Error('gateway down'));
      const { id } = await notifications.notify(sms());
      await worker.runDue();
      expect(await notifications.get(id)).toMatchObject({
        state: 'retryable',
        sentAt: null,
        lastError: 'Error: gateway down',
      });
      channel.answer = () => Promise.resolve({});
      clock.advance(20_000);
      await worker.runDue();
      expect(channel.sent.map(({ attempt }) => attempt)).toEqual([1, 2]);
      expect(await notifications.get(id)).toMatchObject({
        state: 'completed',
        sentAt: new Date(clock.now()),
        receipt: null,
      });
    });

    it('comes back when its channel asks for it, and can be sent by hand once it is discarded', async () => {
      const { notifications, worker, queue, sms: channel } = await start();
      const { id } = await notifications.notify(sms());
      channel.answer = () => Promise.resolve(new RetryLater(60_000, 'rate limited'));
      await worker.runDue();
      const [job] = (await queue.list({ ref: id })).items;
      expect(job).toMatchObject({ state: 'retryable', dueAt: new Date(clock.now() + 60_000) });

      clock.advance(60_000);
      channel.answer = () => Promise.resolve(new Discard('no such number'));
      await worker.runDue();
      expect(await notifications.get(id)).toMatchObject({ state: 'discarded' });

      channel.answer = () => Promise.resolve({ receipt: 'ticket 2' });
      expect(await queue.retryDiscarded(id)).toBe(1);
      await worker.runDue();
      expect(await notifications.get(id)).toMatchObject({
        state: 'completed',
        receipt: 'ticket 2',
      });
    });

    it('is repeated once, by its id, when the process dies between sending and recording', async () => {
      const dying = await start();
      const { id } = await dying.notifications.notify(sms());
      const died = new Promise<void>((resolve) => {
        dying.sms.answer = () => {
          // All that this process does from now on is lost.
          jest.spyOn(dying.database, 'managed').mockImplementation(() => {
            resolve();
            return new Promise(() => undefined);
          });
          return Promise.resolve({});
        };
      });
      await died;
      const later = new FakeClock(clock.now() + QUEUE_OPTIONS.defaults.leaseMs + 1);
      const rescuer = await start({ clock: later });
      await rescuer.worker.runDue();
      expect([...dying.sms.sent, ...rescuer.sms.sent].map((message) => message.id)).toEqual([
        id,
        id,
      ]);
      expect(await rescuer.notifications.get(id)).toMatchObject({ state: 'completed' });
      later.advance(QUEUE_OPTIONS.defaults.leaseMs + 1);
      expect(await rescuer.worker.runDue()).toBe(0);
    });

    it('is not repeated because the database was away after the sending', async () => {
      const { notifications, worker, database: sql, sms: channel } = await start();
      const { id } = await notifications.notify(sms());
      await worker.runDue();
      expect(channel.sent).toHaveLength(1);

      const second = await notifications.notify(sms());
      const waits = new Promise<void>((resolve) => {
        channel.answer = () => {
          jest.spyOn(sql, 'managed').mockRejectedValueOnce(new Error('connection lost'));
          const schedule = clock.schedule.bind(clock);
          jest.spyOn(clock, 'schedule').mockImplementation((callback, delayMs) => {
            const cancel = schedule(callback, delayMs);
            if (delayMs === 1_000 && lines.some((line) => line.includes('is sent failed')))
              resolve();
            return cancel;
          });
          return Promise.resolve({ receipt: 'ticket 2' });
        };
      });
      await waits;
      clock.advance(1_000);
      await worker.settled();
      expect(channel.sent.map((message) => message.id)).toEqual([id, second.id]);
      expect(await notifications.get(second.id)).toMatchObject({
        state: 'completed',
        receipt: 'ticket 2',
      });
    });

    it('is not repeated when its channel succeeded after its time was over', async () => {
      const { notifications, worker, sms: channel } = await start();
      let succeed = (): void => undefined;
      const begun = new Promise<void>((resolve) => {
        channel.answer = () => {
          resolve();
          return new Promise((answer) => (succeed = () => answer({ receipt: 'late' })));
        };
      });
      const { id } = await notifications.notify(sms());
      await begun;
      clock.advance(30_000);
      await worker.settled();
      expect(channel.sent[0]!.signal.aborted).toBe(true);
      expect(await notifications.get(id)).toMatchObject({ state: 'retryable', sentAt: null });

      succeed();
      let entry = await notifications.get(id);
      while (entry?.sentAt === null) entry = await notifications.get(id);
      clock.advance(20_000);
      await worker.runDue();
      expect(channel.sent).toHaveLength(1);
      expect(await notifications.get(id)).toMatchObject({ state: 'completed', receipt: 'late' });
    });

    it('waits for a process that has its channel', async () => {
      const { notifications, worker } = await start();
      const { id } = await notifications.notify(sms());
      await worker.runDue();
      const other = await start({ channels: [] });
      const second = await other.notifications
        .notify(sms())
        .catch((error: unknown) => error as Error);
      expect(second).toBeInstanceOf(Error);
      await other.dataSource.getRepository(NotificationEntity).update(id, { sentAt: null });
      await other.dataSource
        .getRepository(JobEntity)
        .update({ ref: id }, { state: 'available', dueAt: clock.now() });
      await other.worker.runDue();
      expect(await other.notifications.get(id)).toMatchObject({
        state: 'retryable',
        lastError: expect.stringContaining("no notification channel 'sms'"),
      });
    });
  });

  describe('an e-mail', () => {
    let server: SMTPServer;
    let mails: string[];
    let refusal: Error | undefined;

    const listen = async (port = 0): Promise<string> => {
      server = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS'],
        onRcptTo: (_address, _session, callback) => callback(refusal),
        onData: (stream, _session, callback) => {
          void text(stream).then((source) => {
            mails.push(source);
            callback();
          });
        },
      });
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      return `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    };

    const stop = (): Promise<void> => new Promise((resolve) => server.close(resolve));

    beforeEach(() => {
      mails = [];
      refusal = undefined;
    });

    const hello = email({
      to: 'Jane <jane@example.com>',
      subject: 'Hello',
      text: 'Hi',
      key: 'hello',
    });

    it('is sent once, with the id of its notification', async () => {
      const { notifications, worker } = await start({ smtpUrl: await listen() });
      const { id } = await notifications.notify(hello);
      await notifications.notify(hello);
      await worker.runDue();
      expect(mails).toHaveLength(1);
      expect(mails[0]).toContain(`Message-ID: <${id}@example.com>`);
      expect((await notifications.list()).items).toMatchObject([
        {
          id,
          recipient: 'jane@example.com',
          state: 'completed',
          sentAt: new Date(clock.now()),
          receipt: expect.stringMatching(/^250 /),
        },
      ]);
      await stop();
    });

    it('is discarded when the server refuses it for good', async () => {
      const { notifications, worker } = await start({ smtpUrl: await listen() });
      refusal = Object.assign(new Error('no such user'), { responseCode: 550 });
      const { id } = await notifications.notify(hello);
      await worker.runDue();
      expect(await notifications.get(id)).toMatchObject({
        state: 'discarded',
        sentAt: null,
        lastError: 'SMTP 550 no such user',
      });
      await stop();
    });

    it('is retried with the same Message-ID when the server refuses it for now', async () => {
      const { notifications, worker } = await start({ smtpUrl: await listen() });
      refusal = Object.assign(new Error('try later'), { responseCode: 451 });
      const { id } = await notifications.notify(hello);
      await worker.runDue();
      expect(await notifications.get(id)).toMatchObject({
        state: 'retryable',
        lastError: expect.stringContaining('451 try later'),
      });
      refusal = undefined;
      clock.advance(20_000);
      await worker.runDue();
      expect(mails).toHaveLength(1);
      expect(mails[0]).toContain(`Message-ID: <${id}@example.com>`);
      expect(await notifications.get(id)).toMatchObject({ state: 'completed' });
      await stop();
    });

    it('is sent when the server is back', async () => {
      const smtpUrl = await listen();
      await stop();
      const { notifications, worker } = await start({ smtpUrl });
      const { id } = await notifications.notify(hello);
      await worker.runDue();
      expect(await notifications.get(id)).toMatchObject({
        state: 'retryable',
        sentAt: null,
      });
      await listen(Number(new URL(smtpUrl).port));
      clock.advance(20_000);
      await worker.runDue();
      expect(mails).toHaveLength(1);
      await stop();
    });
  });

  describe('a post', () => {
    it('REQ-43 REQ-61 is put off as asked, and shows nowhere more of its URL than the host', async () => {
      let status = 429;
      const server = createServer((_request, response) =>
        response.writeHead(status, { 'retry-after': '1.5' }).end('/hooks/s3cret'),
      ).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { notifications, worker, queue } = await start();
      const url = `http://${host}/hooks/s3cret?token=s3cret`;
      const { id } = await notifications.notify(
        httpPost({ url, json: { text: 'Hi' }, headers: { authorization: 's3cret' } }),
      );
      await worker.runDue();
      const dueAt = new Date(clock.now() + 1_500);
      expect((await queue.list({ ref: id })).items).toMatchObject([{ state: 'retryable', dueAt }]);
      status = 404;
      clock.advance(1_500);
      await worker.runDue();
      const entry = await notifications.get(id);
      expect(entry).toMatchObject({
        recipient: host,
        state: 'discarded',
        lastError: `${host} answered HTTP 404`,
      });
      expect(lines.filter((line) => line.includes(id))).toHaveLength(2);
      expect(JSON.stringify([entry, (await queue.list()).items, lines])).not.toContain('s3cret');
      server.close();
    });
  });

  describe('a channel of the host', () => {
    it('is made where no module provides it, with what is injectable everywhere', async () => {
      @Injectable()
      class ClockChannel implements NotificationChannel {
        readonly name = 'clock';
        constructor(private readonly hostClock: Clock) {}
        recipient(): string {
          return 'everybody';
        }
        send(): Promise<SendReceipt> {
          return Promise.resolve({ receipt: String(this.hostClock.now()) });
        }
      }
      const { notifications, worker } = await start({ channels: [ClockChannel] });
      const { id } = await notifications.notify({ channel: 'clock', payload: null });
      await worker.runDue();
      expect(await notifications.get(id)).toMatchObject({ receipt: String(clock.now()) });
    });

    it('has to have a name of its own', async () => {
      class OtherEmail extends SmsChannel {
        override readonly name = 'email' as 'sms';
      }
      await expect(start({ channels: [OtherEmail] })).rejects.toThrow(
        "There are two channels with the name 'email'.",
      );
    });

    it('has to be a channel', async () => {
      class Nothing {}
      await expect(start({ channels: [Nothing as typeof SmsChannel] })).rejects.toThrow(
        "The class 'Nothing' is no notification channel.",
      );
    });

    it('has to be possible to make', async () => {
      @Injectable()
      class Unknown extends SmsChannel {
        constructor(readonly missing: Map<string, string>) {
          super();
        }
      }
      await expect(start({ channels: [Unknown] })).rejects.toThrow(
        "No instance of the channel 'Unknown' could be found or made.",
      );
    });
  });
});
