import { v7 as uuid } from 'uuid';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { Pruner } from '../lib/retention/pruner.js';
import { Discard } from '../lib/retry/discard.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import { describeOnDatabases } from './support/databases.js';
import { ring } from './support/bell.js';
import { RETRY_MS, RuleEffect, RulesHost } from './support/rules.host.js';
import { SharedDatabase } from './support/shared.database.js';

const DAY_MS = 86_400_000;

const never = (): never => {
  throw new Error('not now');
};

describeOnDatabases('Firings', (kind) => {
  const database = new SharedDatabase(kind, [RuleEffect]);
  let host: RulesHost;

  beforeEach(async () => {
    host = await RulesHost.start(database);
  });

  afterEach(() => host.close());

  it('run the method with the event, the subject and the firing, and tell what became of them', async () => {
    const firedAt = new Date(host.clock.now());
    const event = await host.send('jane', 150);
    const [firing] = await host.firings();
    const { points } = host;
    expect(points.matches).toMatchObject([
      { event: { id: event, data: { points: 150 } }, subject: 'jane', fireCount: 1, firedAt },
    ]);
    const [sent] = (await host.app.get(NotificationService).list()).items;
    expect(firing).toEqual({
      id: points.matches[0]!.firingId,
      rule: 'hundred',
      tenant: '',
      subject: 'jane',
      event: points.matches[0]!.event.key,
      fireCount: 1,
      firedAt,
      jobId: expect.any(String) as unknown,
      state: 'completed',
      lastError: null,
      notifications: [{ id: sent!.id, channel: 'bell', sentAt: sent!.sentAt, isDuplicate: false }],
    });
    expect(await host.rules.firing(firing!.id)).toEqual(firing);
    expect(await host.app.get(QueueService).get(firing!.jobId!)).toMatchObject({
      kind: 'firing',
      name: 'rule:hundred',
      ref: firing!.id,
    });
  });

  it('REQ-92 are retried by themselves, whatever is judged meanwhile', async () => {
    host.points.firing = ({ fireCount }) => (fireCount === 1 ? never() : ring(`${fireCount}`));
    await host.send('jane', 150);
    await host.send('jane', 50);
    await host.send('jane', 160);
    expect(host.rung).toEqual(['2']);
    expect(await host.effects()).toEqual(['jane']);
    expect(await host.firings({ subject: 'jane' })).toMatchObject([
      { fireCount: 2, state: 'completed' },
      { fireCount: 1, state: 'retryable', lastError: 'Error: not now', notifications: [] },
    ]);
    host.points.firing = ({ fireCount }) => ring(`${fireCount}`);
    await host.retry();
    expect(host.rung).toEqual(['2', '1']);
    expect(await host.effects()).toEqual(['jane', 'jane']);
    expect(host.points.matches.map(({ event }) => event.data.points)).toEqual([150, 160, 150]);
    expect(await host.rules.state('hundred', 'jane')).toMatchObject({ fireCount: 2 });
  });

  it.each([
    ['retryable', new RetryLater(RETRY_MS, 'later')],
    ['discarded', new Discard('later')],
  ] as const)('REQ-92 that ask for it are %s alone', async (state, verdict) => {
    host.points.firing = () => verdict;
    await host.send('jane', 150);
    host.points.firing = () => ring('done');
    await host.send('jane', 50);
    await host.send('jane', 150);
    expect(await host.firings({ state })).toMatchObject([{ fireCount: 1, lastError: 'later' }]);
    expect(await host.firings({ state: 'completed', rule: 'hundred' })).toMatchObject([
      { fireCount: 2 },
    ]);
    const { id } = (await host.firings({ state }))[0]!;
    expect(await host.rules.retryFiring(id)).toBe(true);
    await host.drain();
    expect(host.rung).toEqual(['done', 'done']);
    expect(await host.rules.retryFiring(id)).toBe(false);
  });

  it('REQ-92 survive a stop before their method has succeeded', async () => {
    host.points.firing = never;
    await host.send('jane', 150);
    const { clock } = host;
    await host.close();
    clock.advance(RETRY_MS);
    host = await RulesHost.start(database, undefined, { clock });
    await host.drain();
    expect(host.rung).toEqual(['jane 1']);
    expect(await host.firings()).toMatchObject([{ state: 'completed' }]);
  });

  it('REQ-98 are counted once for a repeated event', async () => {
    await host.send('jane', 150, { id: 'same' });
    await host.send('jane', 150, { id: 'same' });
    expect(await host.firings()).toHaveLength(1);
    expect(host.rung).toEqual(['jane 1']);
  });

  it('REQ-93 are apart for tenants with one subject', async () => {
    await host.send('jane', 150, { tenant: 'a' });
    await host.send('jane', 150, { tenant: 'b' });
    await host.send('jane', 50, { tenant: 'b' });
    await host.send('jane', 150, { tenant: 'a' });
    await host.send('jane', 150, { tenant: 'b' });
    expect(await host.firings({ tenant: 'a' })).toMatchObject([{ tenant: 'a', fireCount: 1 }]);
    expect(await host.firings({ tenant: 'b', subject: 'jane' })).toMatchObject([
      { tenant: 'b', fireCount: 2 },
      { tenant: 'b', fireCount: 1 },
    ]);
    expect(await host.rules.state('hundred', 'jane')).toBeUndefined();
    expect(await host.rules.reset('hundred', 'jane', { tenant: 'a' })).toBe(true);
    await host.send('jane', 150, { tenant: 'a' });
    expect(host.rung).toEqual(['jane 1', 'jane 1', 'jane 2', 'jane 1']);
  });

  it('are listed by event, page by page, and not for what cannot be found', async () => {
    const { length } = ['a', 'b', 'c'];
    for (const user of ['a', 'b', 'c']) await host.send(user, 150);
    const first = await host.rules.firings({ rule: 'hundred' }, { limit: 2 });
    const second = await host.rules.firings({ rule: 'hundred' }, { limit: 2, after: first.next! });
    const all = [...first.items, ...second.items];
    expect(all.map(({ subject }) => subject)).toEqual(['c', 'b', 'a']);
    expect(second.next).toBeUndefined();
    expect(all).toHaveLength(length);
    expect(await host.firings({ event: all[1]!.event })).toMatchObject([{ subject: 'b' }]);
    for (const filter of [
      { event: 'no uuid' },
      { event: uuid() },
      { subject: 'a\u0000' },
      { rule: 'another', subject: 'a' },
      { subject: 'd' },
    ]) {
      expect(await host.firings(filter)).toEqual([]);
    }
    expect(await host.rules.firing('no uuid')).toBeUndefined();
    expect(await host.rules.firing(uuid())).toBeUndefined();
    expect(await host.rules.retryFiring('no uuid')).toBe(false);
    expect(await host.rules.retryFiring(uuid())).toBe(false);
    await expect(host.rules.firings({}, { limit: 0 })).rejects.toThrow(RangeError);
    await expect(host.rules.firings({}, { after: 'x' })).rejects.toThrow(RangeError);
  });

  it('say when what they returned was sent before', async () => {
    host.points.firing = () => ring('once', 'own key');
    await host.send('jane', 150);
    await host.send('john', 150);
    expect(host.rung).toEqual(['once']);
    expect(await host.firings()).toMatchObject([
      { subject: 'john', notifications: [{ channel: 'bell', isDuplicate: true }] },
      { subject: 'jane', notifications: [{ channel: 'bell', isDuplicate: false }] },
    ]);
  });

  it('keep their event as long as their method may run, and go with their job', async () => {
    host.points.firing = () => new RetryLater(100 * DAY_MS, 'much later');
    await host.send('jane', 150);
    const { key } = host.points.matches[0]!.event;
    const prune = (): Promise<void> => host.app.get(Pruner, { strict: false }).prune();
    host.clock.advance(50 * DAY_MS);
    await prune();
    const jobs = (await host.app.get(QueueService).list()).items;
    expect(jobs.map(({ kind: of }) => of)).toEqual(['firing']);
    expect(await host.firings()).toHaveLength(1);
    host.points.firing = () => ring('at last');
    host.clock.advance(51 * DAY_MS);
    await host.drain();
    expect(host.rung).toEqual(['at last']);
    host.clock.advance(31 * DAY_MS);
    await prune();
    expect(await host.firings()).toEqual([]);
    expect(await host.app.get(InboxService).get(key)).toBeUndefined();
  });
});
