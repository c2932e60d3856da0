import { InboxService } from '../lib/inbox/inbox.service.js';
import { describeOnDatabases } from './support/databases.js';
import { Billing, calls, WorkerApps } from './support/worker.apps.js';

describeOnDatabases('F-32 InboxService.replay', (kind) => {
  const apps = new WorkerApps(kind);

  it('keeps to source, type, status, and times, in batches', async () => {
    const receiver = await apps.startReceiver();
    const inbox = receiver.app.get(InboxService);
    await Promise.all(Array.from({ length: 120 }, () => apps.send(receiver, 'order.sent')));
    const from = new Date(apps.clock.now() + 1);
    apps.clock.advance(60_000);
    await apps.send(receiver, 'order.sent');
    await apps.send(receiver, 'order.paid', { total: 1 });
    await apps.send(receiver, 'order.sent', {}, 'shop');
    const to = new Date(apps.clock.now() + 1);
    apps.clock.advance(60_000);
    await apps.send(receiver, 'order.sent');
    const worker = await apps.start([Billing]);
    const workers = worker.app.get(InboxService);
    expect(await inbox.replay({ from, to })).toMatchObject({ replayed: 0, left: 3 });
    expect(await workers.replay({ from, to, type: 'order.sent' })).toEqual({
      replayed: 1,
      jobs: 1,
      left: 1,
      next: undefined,
    });
    expect(await workers.replay({ tenant: 'nobody' })).toMatchObject({ replayed: 0, left: 0 });
    expect(await workers.replay({ source: 'game', limit: 70 })).toMatchObject({
      replayed: 70,
      jobs: 70,
      next: expect.any(String) as unknown,
    });
    // Two at once: each event is given once.
    const both = await Promise.all([
      workers.replay({ source: 'game' }),
      workers.replay({ source: 'game' }),
    ]);
    expect(both[0].replayed + both[1].replayed).toBe(52);
    await worker.drain();
    expect(calls.filter((call) => call.startsWith('paid:'))).toHaveLength(123);
    expect(new Set(calls).size).toBe(calls.length);
    expect(await workers.replay({ status: 'accepted', type: 'order.paid' })).toMatchObject({
      jobs: 3,
    });
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a limit of %d', async (limit) => {
    const receiver = await apps.startReceiver();
    await expect(receiver.app.get(InboxService).replay({ limit })).rejects.toThrow(RangeError);
  });
});
