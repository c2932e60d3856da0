import { describeOnDatabases } from './support/databases.js';
import type { TestApp } from './support/application.js';
import { Billing, jobsOf, known, Renamed, Wider, WorkerApps } from './support/worker.apps.js';

describeOnDatabases('A process that only receives', (kind) => {
  const apps = new WorkerApps(kind);

  const seenAt = async (app: TestApp, name: string): Promise<number> =>
    (await known(app)).find((handler) => handler.name === name)!.seenAt;

  it('F-32 keeps the handlers while all workers are down, however long', async () => {
    const worker = await apps.start([Billing]);
    const receiver = await apps.startReceiver();
    await apps.stop(worker);
    apps.clock.advance(2 * 86_400_000);
    expect((await apps.send(receiver, 'order.paid', { total: 1 })).status).toBe('accepted');
    // The first to come back forgets nothing of those that come after it.
    const other = await apps.start([Renamed]);
    const names = async () => (await known(other)).map(({ name }) => name);
    await apps.pass(
      60_000,
      async () => (await seenAt(other, 'Renamed.booked')) > apps.clock.now() - 60_000,
    );
    expect(await names()).toContain('Billing.paid');
    await apps.start([Billing]);
    await apps.pass(
      600_000,
      async () => (await seenAt(other, 'Billing.paid')) > apps.clock.now() - 60_000,
    );
    expect(await names()).toEqual([
      'Billing.paid',
      'Billing.typed',
      'Renamed.booked',
      'rule:large',
    ]);
  });

  it('F-32 forgets a handler that no process has had for a day while others ran', async () => {
    const before = await apps.start([Billing]);
    const receiver = await apps.startReceiver();
    await apps.stop(before);
    const after = await apps.start([Renamed]);
    const names = async () => (await known(after)).map(({ name }) => name);
    await apps.pass(
      86_000_000,
      async () => (await seenAt(after, 'Renamed.booked')) > apps.clock.now() - 60_000,
    );
    expect(await names()).toContain('Billing.paid');
    await apps.pass(600_000, async () => (await names()).length === 1);
    expect(await names()).toEqual(['Renamed.booked']);
    await apps.pass(10_000, async () => {
      const { id } = await apps.send(receiver, 'order.paid');
      return (await jobsOf(receiver, id)).every(({ name }) => name === 'Renamed.booked');
    });
  });

  it('F-32 gives an event what any of two versions of a handler wants, once', async () => {
    await apps.start([Renamed]);
    await apps.start([Wider]);
    const receiver = await apps.startReceiver();
    expect(await known(receiver)).toHaveLength(2);
    const order = await apps.send(receiver, 'order.paid');
    expect((await jobsOf(receiver, order.id)).map(({ name }) => name)).toEqual(['Renamed.booked']);
    expect((await apps.send(receiver, 'refund')).status).toBe('accepted');
  });

  it('F-32 gives a handler that was narrowed no event that only the version before wanted', async () => {
    const before = await apps.start([Wider]);
    await apps.stop(before);
    const receiver = await apps.startReceiver();
    // While no newer version is there, what was known of it holds, however long.
    apps.clock.advance(600_000);
    expect((await apps.send(receiver, 'refund')).status).toBe('accepted');
    await apps.start([Renamed]);
    const later = await apps.startReceiver();
    expect((await apps.send(later, 'refund')).status).toBe('ignored');
    expect((await apps.send(later, 'order.paid')).status).toBe('accepted');
    expect(await known(later)).toHaveLength(2);
  });

  it('F-32 of a renamed handler: a process with handlers of its own plans for those alone', async () => {
    await apps.start([Billing]);
    const renamed = await apps.start([Renamed]);
    const { id } = await apps.send(renamed, 'order.sent');
    expect((await jobsOf(renamed, id)).map(({ name }) => name)).toEqual(['Renamed.booked']);
  });

  it('F-32 fails the attempt of a handler that no process has any more', async () => {
    const before = await apps.start([Billing]);
    const receiver = await apps.startReceiver();
    await apps.stop(before);
    const { id } = await apps.send(receiver, 'order.sent');
    apps.clock.advance(600_000);
    const after = await apps.start([Renamed]);
    await after.drain();
    expect(await jobsOf(after, id)).toMatchObject([
      {
        state: 'retryable',
        lastError: 'Error: this process has no handler named Billing.paid',
        maxAttempts: 3,
      },
    ]);
  });
});
