import { HandlerStore } from '../lib/dispatch/handler.store.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { RuleService } from '../lib/rules/rule.service.js';
import { describeOnDatabases } from './support/databases.js';
import { Billing, calls, jobsOf, known, Renamed, WorkerApps } from './support/worker.apps.js';

describeOnDatabases('A process that only receives', (kind) => {
  const apps = new WorkerApps(kind);

  it('F-32 plans jobs for the handlers and rules that workers have left in the database', async () => {
    const worker = await apps.start([Billing]);
    expect(
      (await known(worker)).map(({ name, source, maxAttempts }) => [name, source, maxAttempts]),
    ).toEqual([
      ['Billing.paid', 'game', 3],
      ['Billing.typed', null, null],
      ['rule:large', null, null],
    ]);
    const receiver = await apps.startReceiver();
    expect(receiver.logger.of('warn', 'WebhookModule')).toEqual([]);
    const paid = await apps.send(receiver, 'order.paid', { total: '150' });
    expect(paid.status).toBe('accepted');
    const sent = await apps.send(receiver, 'order.sent');
    expect(sent.status).toBe('accepted');
    expect((await apps.send(receiver, 'order.sent', {}, 'shop')).status).toBe('ignored');
    expect((await apps.send(receiver, 'refund')).status).toBe('ignored');
    await worker.drain();
    expect(calls.toSorted()).toEqual(['large', `paid:${paid.id}`, `paid:${sent.id}`, 'typed:151']);
    expect(await jobsOf(receiver, paid.id)).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'Billing.paid', maxAttempts: 3 })]),
    );
    expect((await worker.app.get(RuleService).states()).items).toHaveLength(1);
  });

  it.each([
    ['without handlers', []],
    ['with handlers of its own', [Renamed]],
  ])(
    'F-32 ignores no event, %s, while it could not read which handlers there are',
    async (_, own) => {
      const worker = await apps.start([Billing]);
      let looks: jest.SpiedFunction<HandlerStore['load']>;
      const receiver = await apps.start(own, { roles: ['receive'] }, (app) => {
        looks = jest.spyOn(app.get(HandlerStore, { strict: false }), 'load');
        looks.mockRejectedValueOnce(new Error('ECONNRESET'));
      });
      const early = await apps.send(receiver, 'order.sent');
      expect(early.status).toBe('503');
      expect((await receiver.app.get(InboxService).list({ id: early.id })).items).toEqual([]);
      expect(receiver.logger.of('warn', 'WebhookModule')).toEqual([]);
      // Long before it would look the next time.
      apps.clock.advance(1_000);
      expect(looks!).toHaveBeenCalledTimes(2);
      await looks!.mock.results[1]!.value;
      const late = await apps.send(receiver, 'order.sent');
      expect(late.status).toBe('accepted');
      await worker.drain();
      expect(calls).toEqual([`paid:${late.id}`]);
    },
  );

  it('F-32 has data that fails a schema of a handler elsewhere discarded with a reason', async () => {
    const worker = await apps.start([Billing]);
    const receiver = await apps.startReceiver();
    const { id, status } = await apps.send(receiver, 'order.paid', { total: 'much' });
    expect(status).toBe('accepted');
    await worker.drain();
    expect(await jobsOf(receiver, id)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'Billing.typed',
          state: 'discarded',
          lastError: expect.stringContaining('total') as unknown,
        }),
      ]),
    );
  });

  it('F-32 says at its first start of all what will happen, and replay brings the events back', async () => {
    const receiver = await apps.startReceiver();
    expect(receiver.logger.text).toMatch(
      /runs no jobs and has no handlers.*stored and ignored.*InboxService\.replay/,
    );
    const early = [await apps.send(receiver, 'order.a'), await apps.send(receiver, 'order.b')];
    expect(early.map(({ status }) => status)).toEqual(['ignored', 'ignored']);
    const refund = await apps.send(receiver, 'refund');
    const worker = await apps.start([Billing]);
    const looked = async (): Promise<boolean> =>
      (await apps.send(receiver, 'order.c')).status === 'accepted';
    await apps.pass(10_000, looked);
    const inbox = receiver.app.get(InboxService);
    const first = await inbox.replay({ source: 'game', limit: 1 });
    expect(first).toMatchObject({ replayed: 1, jobs: 1, left: 0 });
    const rest = await inbox.replay({ source: 'game', after: first.next! });
    expect(rest.next).toBeUndefined();
    expect((await inbox.list({ id: refund.id })).items).toMatchObject([{ status: 'ignored' }]);
    expect((await inbox.list({ id: early[1]!.id })).items).toMatchObject([{ status: 'accepted' }]);
    await worker.drain();
    expect(calls.filter((call) => call === `paid:${early[0]!.id}`)).toHaveLength(1);
    expect(calls.filter((call) => call === `paid:${early[1]!.id}`)).toHaveLength(1);
    // A second time, nothing is left to give.
    expect(await inbox.replay({ source: 'game' })).toMatchObject({ replayed: 0, jobs: 0 });
  });

  it('F-32 that runs jobs, but has no handlers, leaves theirs to others and uses up no attempts', async () => {
    const web = await apps.start([]);
    const worker = await apps.start([Billing]);
    await apps.pass(10_000, async () => (await apps.send(web, 'order.x')).status === 'accepted');
    const { id } = await apps.send(web, 'order.sent');
    await web.drain();
    const [job] = await jobsOf(web, id);
    expect(job).toMatchObject({ name: 'Billing.paid' });
    // Whoever claims it first: it is run once, and nothing of its attempts is gone.
    apps.clock.advance(60_000);
    await worker.drain();
    await web.drain();
    for (let round = 0; round < 5 && !calls.includes(`paid:${id}`); round++) {
      apps.clock.advance(60_000);
      await worker.drain();
    }
    expect(calls.filter((call) => call === `paid:${id}`)).toHaveLength(1);
    const [done] = await jobsOf(web, id);
    expect(done!.maxAttempts - done!.attempt).toBe(2);
    const again = await apps.start([]);
    expect(again.logger.text).toMatch(
      /no @OnWebhook handler and no @Rule.*Set `roles` without `work`/,
    );
  });

  it('F-32 that runs jobs, but has no handlers, keeps no event from the workers', async () => {
    const before = await apps.start([Billing]);
    const web = await apps.start([]);
    // Nobody but this process is there to claim the job.
    await apps.stop(before);
    const { id, status } = await apps.send(web, 'order.sent');
    expect(status).toBe('accepted');
    await web.drain();
    expect(await jobsOf(web, id)).toMatchObject([
      { state: 'available', attempt: 0, dueAt: new Date(apps.clock.now()) },
    ]);
    const worker = await apps.start([Billing]);
    await worker.drain();
    expect(calls).toEqual([`paid:${id}`]);
  });
});
