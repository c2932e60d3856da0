import { Injectable } from '@nestjs/common';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import type { ChannelMessage } from '../lib/notifications/channels/channel.js';
import type { Notification } from '../lib/notifications/notification.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import type { RuleMatch } from '../lib/rules/rule.options.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { startApp, type TestApp } from './support/application.js';
import { Bell, ring } from './support/bell.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';

/** As a channel in JavaScript does that says nothing of what it has sent. */
@Injectable()
class SilentBell extends Bell {
  override async send(message: ChannelMessage<{ text: string }>): Promise<never> {
    await super.send(message);
    return undefined as never;
  }
}

const untyped = (value: unknown): never => value as never;

/** Conditions that compile where data is `any`, and in JavaScript. */
@Injectable()
class Rules {
  @Rule({
    name: 'truthy',
    on: 'truthy',
    subject: (event) => event.id,
    when: ({ data }: WebhookEvent) => untyped((data as { flag?: unknown }).flag),
  })
  truthy({ subject }: RuleMatch): Notification {
    return ring(`truthy ${subject}`);
  }

  @Rule({ name: 'late', on: 'late', subject: () => 1, when: () => untyped(Promise.resolve(true)) })
  late(): Notification {
    return ring('late');
  }

  @Rule({ name: 'vague', on: 'vague', subject: () => untyped({ id: 1 }), when: () => true })
  vague(): Notification {
    return ring('vague');
  }

  @Rule({ name: 'torn', on: 'torn', subject: () => 'a\u0000b', when: () => true })
  torn(): void {}

  @Rule({
    name: 'rejects',
    on: 'rejects',
    subject: () => 1,
    when: () => untyped(Promise.reject(new Error('nobody waits'))),
  })
  rejects(): void {}

  @Rule({
    name: 'about-nobody',
    on: 'about-nobody',
    subject: () => untyped(Promise.reject(new Error('nobody waits'))),
    when: () => true,
  })
  aboutNobody(): void {}

  @Rule({ name: 'slow', on: 'slow', subject: () => untyped(Promise.resolve(1)), when: () => true })
  slow(): Notification {
    return ring('slow');
  }
}

describeOnDatabases('Conditions and subjects of rules', (kind) => {
  let app: TestApp;
  let database: TestDatabase;

  beforeEach(async () => {
    database = await kind.create();
    app = await startApp({
      database,
      options: {
        sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
        notifications: { channels: [SilentBell] },
      },
      host: { providers: [SilentBell, Rules] },
    });
  });

  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(() => void process.off('unhandledRejection', note));

  const send = async (type: string, id: string, data: object = {}): Promise<void> => {
    const body = JSON.stringify({ id, type, ...data });
    const { status } = await app.post('/webhooks/game', body, {
      'content-type': 'application/json',
    });
    expect(status).toBe(200);
    await app.drain();
  };

  it('REQ-107 are refused one by one: others of the rule do not wait', async () => {
    await send('torn', '1');
    await send('torn', '2');
    const { items } = await app.app.get(QueueService).list();
    expect(items.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['retryable', 1],
      ['retryable', 1],
    ]);
  });

  it('hold where `if` would, and what a channel sent that gives no receipt is sent once', async () => {
    await send('truthy', 'a', { flag: 'yes' });
    await send('truthy', 'b', { flag: 7 });
    await send('truthy', 'c', { flag: '' });
    await send('truthy', 'd');
    const { rung } = app.app.get(SilentBell);
    expect(rung.toSorted()).toEqual(['truthy a', 'truthy b']);
    const jobs = (await app.app.get(QueueService).list()).items;
    expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(['completed']));
  });

  it.each([
    ['late', "rule 'late': `when` gave a promise; it must be synchronous"],
    ['vague', "rule 'vague': `subject` gave an object; it must be synchronous"],
    ['torn', "rule 'torn': `subject` gave a text with U+0000 or half a surrogate pair"],
    ['slow', "rule 'slow': `subject` gave a promise; it must be synchronous"],
    ['rejects', "rule 'rejects': `when` gave a promise; it must be synchronous"],
    ['about-nobody', "rule 'about-nobody': `subject` gave a promise; it must be synchronous"],
  ])('REQ-107 are refused by name: %s', async (type, reason) => {
    await send(type, '1');
    // A rejection that nobody waits for would be told of by now.
    expect(unhandled).toEqual([]);
    expect((await app.app.get(QueueService).list()).items).toMatchObject([
      { state: 'retryable', lastError: expect.stringContaining(reason) as unknown },
    ]);
    expect(app.logger.text).toContain(reason);
    expect(app.app.get(SilentBell).rung).toEqual([]);
  });
});
