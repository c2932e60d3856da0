import { NotificationEntity } from '../lib/notifications/notification.entity.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { RuleService } from '../lib/rules/rule.service.js';
import { RuleStateEntity } from '../lib/rules/rule-state.entity.js';
import { UNSEEN } from '../lib/rules/rule-state.js';
import { describeOnDatabases } from './support/databases.js';
import { ListedRows } from './support/listed.rows.js';
import { allPages, jobAt, keyAt, notificationAt, seconds, START } from './support/stored-rows.js';

const ids = (views: readonly { readonly id: string }[]): string[] => views.map(({ id }) => id);

describeOnDatabases('Lists of work', (kind) => {
  const stored = new ListedRows(kind);

  describe('of jobs', () => {
    it('give live jobs in the order in which they are due, those to be rescued among them', async () => {
      await stored.store(JobEntity, [
        jobAt(1, { state: 'available', dueAt: 50 }),
        jobAt(2, { state: 'available', dueAt: 10 }),
        jobAt(3, { state: 'available', dueAt: 50 }),
        jobAt(4, { state: 'available', rescueAt: 20, lostLeases: 1 }),
        jobAt(5, { state: 'available', rescueAt: 70, lostLeases: 1 }),
        jobAt(6, { state: 'retryable', dueAt: 5 }),
        jobAt(7, { state: 'completed', finishedAt: 1 }),
      ]);
      const expected = [2, 4, 1, 3, 5].map(keyAt);
      for (const limit of [1, 2, 3, 100]) {
        const pages = await allPages(
          (page) => stored.queue.list({ state: 'available' }, page),
          limit,
        );
        expect(ids(pages.flat())).toEqual(expected);
      }
      expect((await stored.queue.get(keyAt(4)))?.dueAt).toEqual(new Date(20));
      expect(ids((await stored.queue.list({ state: 'retryable' })).items)).toEqual([keyAt(6)]);
    });

    it('give discarded jobs with the last one first, and all others with the newest first', async () => {
      await stored.store(JobEntity, [
        jobAt(1, { state: 'discarded', finishedAt: 30 }),
        jobAt(2, { state: 'discarded', finishedAt: 10, name: 'Garden.water' }),
        jobAt(3, { state: 'discarded', finishedAt: 30 }),
        jobAt(4, { state: 'completed', finishedAt: 99 }),
        jobAt(5, { state: 'cancelled', finishedAt: 1 }),
      ]);
      const discarded = await allPages(
        (page) => stored.queue.list({ state: 'discarded' }, page),
        1,
      );
      expect(ids(discarded.flat())).toEqual([3, 1, 2].map(keyAt));
      expect(ids((await stored.queue.list()).items)).toEqual([5, 4, 3, 2, 1].map(keyAt));
      expect(ids((await stored.queue.list({ state: 'cancelled' })).items)).toEqual([keyAt(5)]);
      expect(ids((await stored.queue.list({ name: 'Garden.water' })).items)).toEqual([keyAt(2)]);
      expect(ids((await stored.queue.list({ ref: keyAt(4), state: 'completed' })).items)).toEqual([
        keyAt(4),
      ]);
      expect((await stored.queue.list({ ref: 'no UUID' })).items).toEqual([]);
    });

    it('REQ-225 are counted up to a limit, which the answer tells', async () => {
      await stored.store(JobEntity, [
        ...seconds(6).map((second) => jobAt(second, { state: 'available', dueAt: 1 })),
        jobAt(10, { state: 'available', rescueAt: 1, lostLeases: 1 }),
        ...[11, 12].map((second) => jobAt(second, { state: 'retryable', dueAt: START * 2 })),
        jobAt(18, { state: 'available', dueAt: START * 2 }),
        jobAt(13, { state: 'running', dueAt: START * 2, leasedBy: 'a' }),
        ...[14, 15, 16].map((second) => jobAt(second, { state: 'discarded', finishedAt: 1 })),
        jobAt(17, { state: 'completed', finishedAt: 1 }),
      ]);
      const all = { available: 7, scheduled: 1, running: 1, retryable: 2, discarded: 3 };
      expect(await stored.queue.counts()).toEqual({ ...all, atLeast: false });
      expect(await stored.queue.counts({ upTo: 7 })).toEqual({ ...all, atLeast: false });
      expect(await stored.queue.counts({ upTo: 5 })).toEqual({
        ...all,
        available: 6,
        atLeast: true,
      });
      expect(await stored.queue.counts({ upTo: 2 })).toMatchObject({ discarded: 2, atLeast: true });
      await expect(stored.queue.counts({ upTo: 0 })).rejects.toThrow(RangeError);
    });
  });

  describe('of notifications', () => {
    const job = (second: number, changes: Partial<JobEntity>): JobEntity =>
      jobAt(second, { kind: 'notification', name: 'email', ...changes });

    beforeEach(async () => {
      await stored.store(NotificationEntity, [
        notificationAt(1, { key: 'k' }),
        notificationAt(2, { channel: 'http', recipient: 'example.com', key: 'k' }),
        notificationAt(3, { sentAt: START, receipt: '250 OK' }),
        notificationAt(4),
      ]);
      await stored.store(JobEntity, [
        job(1, { state: 'retryable', dueAt: 9, lastError: 'no answer' }),
        job(2, { state: 'discarded', finishedAt: 5, name: 'http' }),
        job(3, { state: 'completed', finishedAt: 5 }),
      ]);
    });

    it('tell what became of each, newest first', async () => {
      const pages = await allPages((page) => stored.notifications.list({}, page), 3);
      expect(ids(pages.flat())).toEqual([4, 3, 2, 1].map(keyAt));
      expect(pages.flat().map(({ state }) => state)).toEqual([
        null,
        'completed',
        'discarded',
        'retryable',
      ]);
      expect(await stored.notifications.get(keyAt(1))).toEqual({
        id: keyAt(1),
        channel: 'email',
        recipient: 'jane@example.com',
        key: 'k',
        state: 'retryable',
        createdAt: new Date(START + 1_000),
        sentAt: null,
        receipt: null,
        lastError: 'no answer',
      });
    });

    it('filter by each property', async () => {
      const found = async (filter: Parameters<NotificationService['list']>[0]): Promise<string[]> =>
        ids((await stored.notifications.list(filter)).items);
      expect(await found({ channel: 'http' })).toEqual([keyAt(2)]);
      expect(await found({ recipient: 'example.com' })).toEqual([keyAt(2)]);
      expect(await found({ key: 'k' })).toEqual([2, 1].map(keyAt));
      expect(await found({ key: 'k', channel: 'email' })).toEqual([keyAt(1)]);
      expect(await found({ key: 'k', state: 'discarded' })).toEqual([keyAt(2)]);
      expect(await found({ key: 'another' })).toEqual([]);
      expect(await found({ state: 'completed' })).toEqual([keyAt(3)]);
      expect(await found({ state: 'retryable' })).toEqual([keyAt(1)]);
      expect(await found({ state: 'discarded', channel: 'email' })).toEqual([]);
      expect(await found({ state: 'discarded', recipient: 'example.com' })).toEqual([keyAt(2)]);
    });
  });

  describe('of rules and their states', () => {
    const state = (
      rule: string,
      subject: string,
      active: boolean,
      tenant = '',
    ): RuleStateEntity => ({
      rule,
      subject,
      tenant,
      active,
      occurredAt: START,
      firedAt: active ? START : null,
      fireCount: Number(active),
    });

    it('are in the order of their names and subjects', async () => {
      await stored.store(RuleStateEntity, [
        state('ripe', '2', true),
        state('ripe', '1', false),
        state('gone', '1', true),
      ]);
      const pages = await allPages((page) => stored.rules.states({}, page), 2);
      const found = pages.flat().map(({ rule, subject }) => `${rule} ${subject}`);
      expect(found).toEqual(['gone 1', 'ripe 1', 'ripe 2']);
      const told = async (filter: Parameters<RuleService['states']>[0]): Promise<string[]> =>
        (await stored.rules.states(filter)).items.map(({ rule, subject }) => `${rule} ${subject}`);
      expect(await told({ subject: '1' })).toEqual(['gone 1', 'ripe 1']);
      expect(await told({ subject: '1', active: true })).toEqual(['gone 1']);
      expect(await told({ rule: 'ripe', active: true })).toEqual(['ripe 2']);
      expect(await stored.rules.state('ripe', 2)).toEqual({
        ...state('ripe', '2', true),
        occurredAt: new Date(START),
        firedAt: new Date(START),
      });
      expect(await stored.rules.state('ripe', 3)).toBeUndefined();
    });

    it('are in the order of their tenants, too, without those of subjects that count as unseen', async () => {
      const forgotten = { ...state('ripe', '1', false, 'd'), ...UNSEEN };
      const rows = ['c', 'a', '*', 'b'].map((tenant) => state('ripe', '1', true, tenant));
      await stored.store(RuleStateEntity, [...rows, forgotten, state('ripe', '2', true, 'a')]);
      const pages = await allPages((page) => stored.rules.states({}, page), 2);
      const told = pages.flat().map(({ subject, tenant }) => `${subject} ${tenant}`);
      expect(told).toEqual(['1 *', '1 a', '1 b', '1 c', '2 a']);
      expect((await stored.rules.states({ tenant: 'b' })).items).toHaveLength(1);
      const of = { tenant: 'b' };
      expect(await stored.rules.state('ripe', '1', of)).toMatchObject(of);
      expect(await stored.rules.state('ripe', '1', { tenant: 'z' })).toMatchObject({ tenant: '*' });
      expect(await stored.rules.state('ripe', '1', { tenant: 'd' })).toBeUndefined();
      expect(await stored.rules.state('ripe', '2', { tenant: 'z' })).toBeUndefined();
    });

    it('find no subject where nothing is remembered', async () => {
      expect((await stored.rules.states({ subject: '1' })).items).toEqual([]);
    });

    it('list the rules of the application', async () => {
      const pages = await allPages((page) => stored.rules.list({}, page), 1);
      expect(pages.flat().map(({ name }) => name)).toEqual(['any', 'ripe']);
      expect((await stored.rules.list({ source: 'shop' })).items.map(({ name }) => name)).toEqual([
        'any',
      ]);
      expect(await stored.rules.get('ripe')).toEqual({
        name: 'ripe',
        on: ['fruit.*'],
        source: 'garden',
        rearm: 'when-false',
        first: 'fire',
      });
      expect(await stored.rules.get('another')).toBeUndefined();
    });
  });
});
