import { Injectable } from '@nestjs/common';
import { OnTimer } from '../lib/timers/on-timer.decorator.js';
import { describeOnDatabases } from './support/databases.js';
import { Billing, known, sources } from './support/worker.apps.js';
import { Reminders, TimerApps } from './support/timer.apps.js';

@Injectable()
class Others {
  ran = 0;

  @OnTimer('other')
  run(): void {
    this.ran++;
  }
}

describeOnDatabases('REQ-95 Timers of other processes', (kind) => {
  const apps = new TimerApps(kind);
  const MINUTE_MS = 60_000;

  it('are set by a process that has none, announced or not', async () => {
    const receiver = await apps.startWith([], { roles: ['receive', 'poll'] });
    const early = await receiver.timers.set('reminder', { key: 'early', in: 0 });
    const worker = await apps.start();
    const late = await receiver.timers.set('reminder', { key: 'late', in: 0 });
    // Those of the decorator, where they are known.
    const attempts = async (ref: string) =>
      (await worker.queue.list({ ref })).items.map(({ maxAttempts }) => maxAttempts);
    expect(await attempts(late.id)).toEqual([3]);
    expect(await attempts(early.id)).toEqual([12]);
    await worker.app.drain();
    expect(worker.reminders.runs).toHaveLength(2);
  });

  it('are left to them by a process that has none', async () => {
    const worker = await apps.start();
    const idle = await apps.startWith([]);
    const handling = await apps.startWith([Billing], { sources });
    await idle.timers.set('reminder', { key: 'a', in: 0 });
    await handling.timers.set('reminder', { key: 'b', in: 0 });
    await idle.app.drain();
    await handling.app.drain();
    expect((await idle.timers.list({ state: 'available' })).items).toHaveLength(2);
    await worker.app.drain();
    expect(worker.reminders.runs).toHaveLength(2);
  });

  it('are left to them by a process that has other timers, without counting an attempt', async () => {
    const worker = await apps.start();
    const other = await apps.startWith([Others]);
    await other.timers.set('reminder', { key: 'a', in: 0 });
    await other.app.drain();
    expect(await other.timers.get('reminder', 'a')).toMatchObject({
      state: 'retryable',
      attempts: 0,
      lastError: expect.stringContaining('no timer named reminder') as string,
    });
    await apps.stop(other);
    apps.clock.advance(5_000);
    await worker.app.drain();
    expect(worker.reminders.runs).toMatchObject([{ context: { attempt: 1 } }]);
  });

  it('are refused where no process has ever had them, as a name may be misspelt', async () => {
    const { timers } = await apps.start();
    await expect(timers.set('remindr', { key: 'a', in: 0 })).rejects.toMatchObject({
      code: 'UNKNOWN_TIMER',
      timer: 'remindr',
      known: ['reminder', 'booking'],
    });
    expect((await timers.list()).items).toEqual([]);
    expect(await timers.cancel('remindr', 'a')).toBe(false);
  });

  it('may be set while the processes that have them are down, and fail only where they run', async () => {
    const others = await apps.startWith([Others]);
    await apps.stop(others);
    apps.clock.advance(5 * MINUTE_MS);
    const { app, timers } = await apps.start();
    await timers.set('other', { key: 'a', in: 0 });
    await app.drain();
    expect(await timers.get('other', 'a')).toMatchObject({
      state: 'retryable',
      attempts: 1,
      lastError: 'Error: this process has no timer named other',
    });
    await apps.stop({ app });
    const back = await apps.startWith([Others]);
    apps.clock.advance(MINUTE_MS);
    await back.app.drain();
    expect(back.app.app.get(Others).ran).toBe(1);
  });

  it('are announced by a process without handlers, and count for no event', async () => {
    const worker = await apps.startWith([Reminders], { sources });
    expect((await known(worker.app)).map(({ name, maxAttempts }) => [name, maxAttempts])).toEqual([
      ['timer:booking', null],
      ['timer:reminder', 3],
    ]);
    const advice = worker.app.logger.of('warn', 'WebhookModule').join('\n');
    expect(advice).toContain("No @OnWebhook handler and no @Rule wants events of 'game'");
    expect(advice).not.toContain('queue.enabled');
    await apps.startWith([Billing], { sources });
    const again = await apps.startWith([Reminders], { sources });
    expect(again.app.logger.of('warn', 'WebhookModule').join('\n')).not.toContain('queue.enabled');
    expect(again.app.logger.of('log', 'WebhookModule')).toEqual([
      expect.stringContaining('0 handlers, 0 rules, 0 pollers, 2 timers;'),
    ]);
  });
});
