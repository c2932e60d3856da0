import { describeOnDatabases } from '../../test/support/databases.js';
import { NotificationApps, sms } from '../../test/support/notification.apps.js';

describeOnDatabases('notify() within a transaction of the host', (kind) => {
  const apps = new NotificationApps(kind);

  it('sends when it commits', async () => {
    const { notifications, dataSource, worker, sms: channel } = await apps.start();
    const { id } = await dataSource.transaction((manager) =>
      notifications.notify(sms('a'), { manager }),
    );
    await worker.runDue();
    expect(channel.sent).toMatchObject([{ id }]);
  });

  it('leaves nothing behind when it rolls back', async () => {
    const { notifications, dataSource, worker, queue, sms: channel } = await apps.start();
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
    const { notifications, database: sql } = await apps.start();
    const work = sql.managed(async () => {
      await notifications.notify(sms('a'));
      throw new Error('rolled back');
    });
    await expect(work).rejects.toThrow('rolled back');
    expect((await notifications.list()).items).toEqual([]);
  });

  it('does not break it by a duplicate', async () => {
    const { notifications, dataSource } = await apps.start();
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
    const { notifications, dataSource } = await apps.start();
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
    const { notifications, dataSource } = await apps.start();
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
