import { Discard } from '../lib/retry/discard.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import { describeOnDatabases } from './support/databases.js';
import { aborted } from './support/transaction.host.js';
import { DAY_MS, TimerApps } from './support/timer.apps.js';

describeOnDatabases('REQ-95 A timer', (kind) => {
  const apps = new TimerApps(kind);

  it('runs once, at its time, with its payload', async () => {
    const { app, timers, reminders } = await apps.start();
    const setAt = new Date(apps.clock.now());
    const runAt = new Date(apps.clock.now() + 3 * DAY_MS);
    const payload = { email: 'jane@example.com', text: 'x\u0000🦊' };
    const set = await timers.set('reminder', { key: 7, in: '3d', payload });
    expect(set).toEqual({ status: 'set', id: expect.any(String) as string, runAt });
    apps.clock.advance(3 * DAY_MS - 1);
    await app.drain();
    expect(reminders.runs).toEqual([]);
    expect(await timers.get('reminder', '7')).toEqual({
      id: set.id,
      name: 'reminder',
      key: '7',
      runAt,
      setAt,
      state: 'available',
      attempts: 0,
      lastError: null,
    });
    apps.clock.advance(1);
    await app.drain();
    await app.drain();
    expect(reminders.runs).toHaveLength(1);
    const [run] = reminders.runs;
    expect(run).toMatchObject({
      payload,
      context: { name: 'reminder', key: '7', runAt, attempt: 1, maxAttempts: 3 },
    });
    expect(run!.context.manager).toBeUndefined();
    expect(run!.context.signal.aborted).toBe(false);
    expect(await timers.get('reminder', 7)).toMatchObject({ state: 'completed', attempts: 1 });
  });

  it('is replaced while it waits, to be earlier or later', async () => {
    const { app, timers, reminders } = await apps.start();
    const first = await timers.set('reminder', { key: 'a', in: '1h', payload: 1 });
    const later = { key: 'a', in: '2h', payload: 'x'.repeat(100) };
    expect(await timers.set('reminder', later)).toEqual({
      status: 'replaced',
      id: first.id,
      runAt: new Date(apps.clock.now() + 2 * 3_600_000),
    });
    apps.clock.advance(3_600_000);
    await app.drain();
    expect(reminders.runs).toEqual([]);
    await timers.set('reminder', { key: 'a', in: '1m' });
    apps.clock.advance(60_000);
    await app.drain();
    expect(reminders.runs.map(({ payload }) => payload)).toEqual([undefined]);
    apps.clock.advance(DAY_MS);
    await app.drain();
    expect(reminders.runs).toHaveLength(1);
  });

  it('is cancelled while it waits, and only then', async () => {
    const { app, timers, reminders } = await apps.start();
    await timers.set('reminder', { key: 'a', in: '1h' });
    await timers.set('reminder', { key: 'b', in: '1h' });
    expect(await timers.cancel('reminder', 'a')).toBe(true);
    expect(await timers.cancel('reminder', 'a')).toBe(false);
    expect(await timers.cancel('reminder', 'never set')).toBe(false);
    expect(await timers.cancel('booking', 'b')).toBe(false);
    apps.clock.advance(DAY_MS);
    await app.drain();
    expect(reminders.runs.map(({ context }) => context.key)).toEqual(['b']);
    expect(await timers.cancel('reminder', 'b')).toBe(false);
    expect(await timers.get('reminder', 'a')).toMatchObject({ state: 'cancelled', attempts: 0 });
  });

  it('is set again once it has run or was cancelled', async () => {
    const { app, timers, reminders } = await apps.start();
    for (const [payload, ends] of [
      [1, () => app.drain()],
      [2, () => timers.cancel('reminder', 'a')],
      [3, () => app.drain()],
    ] as const) {
      const set = await timers.set('reminder', { key: 'a', in: 1_000, payload });
      expect(set.status).toBe('set');
      expect(await timers.get('reminder', 'a')).toMatchObject({ id: set.id, state: 'available' });
      apps.clock.advance(payload === 2 ? 0 : 1_000);
      await ends();
    }
    expect(reminders.runs.map(({ payload }) => payload)).toEqual([1, 3]);
    const { items } = await timers.list({ name: 'reminder', key: 'a' });
    expect(items.map(({ state }) => state)).toEqual(['completed', 'cancelled', 'completed']);
  });

  it.each<[string, (now: number) => Date | number]>([
    ['a date', (now) => new Date(now - DAY_MS)],
    ['a number', (now) => now - DAY_MS],
    ['this instant', (now) => now],
  ])('runs now, if its time is in the past: %s', async (_, at) => {
    const { app, timers, reminders } = await apps.start();
    const now = apps.clock.now();
    const { runAt } = await timers.set('reminder', { key: 'a', at: at(now) });
    expect(runAt).toEqual(new Date(now));
    await app.drain();
    expect(reminders.runs).toHaveLength(1);
  });

  it('is retried with its payload when its method throws, and discarded in the end', async () => {
    const { app, timers, reminders, queue } = await apps.start();
    reminders.act = () => {
      throw new Error('mail server down');
    };
    const { id } = await timers.set('reminder', { key: 'a', in: 0, payload: 'p' });
    await app.drain();
    expect(await timers.get('reminder', 'a')).toMatchObject({
      state: 'retryable',
      attempts: 1,
      lastError: 'Error: mail server down',
    });
    for (const _ of [2, 3]) {
      apps.clock.advance(DAY_MS);
      await app.drain();
    }
    expect(reminders.runs.map(({ context, payload }) => [context.attempt, payload])).toEqual([
      [1, 'p'],
      [2, 'p'],
      [3, 'p'],
    ]);
    expect(await timers.get('reminder', 'a')).toMatchObject({ state: 'discarded', attempts: 3 });
    expect(await timers.cancel('reminder', 'a')).toBe(false);
    reminders.act = () => undefined;
    expect(await queue.retryDiscarded(id)).toBe(1);
    await app.drain();
    expect(reminders.runs).toHaveLength(4);
  });

  it('has all of its attempts when it is replaced between two, and is cancelled there', async () => {
    const { app, timers, reminders } = await apps.start();
    reminders.act = () => Promise.reject(new Error('not now'));
    await timers.set('reminder', { key: 'a', in: 0, payload: 1 });
    await app.drain();
    apps.clock.advance(DAY_MS);
    await app.drain();
    const set = await timers.set('reminder', { key: 'a', in: '1h', payload: 2 });
    expect(set.status).toBe('replaced');
    expect(await timers.get('reminder', 'a')).toMatchObject({
      state: 'available',
      attempts: 0,
      lastError: null,
    });
    apps.clock.advance(3_600_000);
    await app.drain();
    expect(reminders.runs.at(-1)).toMatchObject({ payload: 2, context: { attempt: 1 } });
    expect(await timers.cancel('reminder', 'a')).toBe(true);
    apps.clock.advance(DAY_MS);
    await app.drain();
    expect(reminders.runs).toHaveLength(3);
  });

  it('does what its method returns', async () => {
    const { app, timers, reminders } = await apps.start();
    reminders.act = ({ payload }) =>
      payload === 'later' ? new RetryLater(1_000, 'busy') : new Discard('gone');
    await timers.set('reminder', { key: 'a', in: 0, payload: 'later' });
    await timers.set('reminder', { key: 'b', in: 0, payload: 'never' });
    await app.drain();
    expect(await timers.get('reminder', 'a')).toMatchObject({ state: 'retryable', attempts: 0 });
    expect(await timers.get('reminder', 'b')).toMatchObject({ state: 'discarded' });
  });

  it('is ended by its time-out, and runs again', async () => {
    const { app, timers, reminders, engine } = await apps.start();
    const reached = new Promise<AbortSignal>((resolve) => {
      reminders.act = ({ context }) => {
        if (context.attempt > 1) return undefined;
        resolve(context.signal);
        return aborted(context.signal);
      };
    });
    await timers.set('reminder', { key: 'a', in: 0 });
    engine.wake();
    const signal = await reached;
    apps.clock.advance(5_000);
    await engine.settled();
    expect(signal.aborted).toBe(true);
    expect((await timers.get('reminder', 'a'))?.lastError).toContain('longer than its time-out');
    apps.clock.advance(DAY_MS);
    await app.drain();
    expect(reminders.runs.map(({ context }) => context.attempt)).toEqual([1, 2]);
  });

  it('that runs is not cancelled, and another is set beside it', async () => {
    const { app, timers, reminders, engine } = await apps.start();
    let end = (): void => undefined;
    const running = new Promise<void>((resolve) => {
      reminders.act = ({ payload }) => {
        if (payload !== 'first') return undefined;
        resolve();
        return new Promise<void>((done) => (end = done));
      };
    });
    const first = await timers.set('reminder', { key: 'a', in: 0, payload: 'first' });
    engine.wake();
    await running;
    expect(await timers.cancel('reminder', 'a')).toBe(false);
    const second = await timers.set('reminder', { key: 'a', in: 0, payload: 'second' });
    expect(second).toMatchObject({ status: 'set' });
    expect(second.id).not.toBe(first.id);
    end();
    await engine.settled();
    await app.drain();
    expect(reminders.runs.map(({ payload }) => payload)).toEqual(['first', 'second']);
    const { items } = await timers.list({ key: 'a' });
    expect(items.map(({ id, state }) => [id, state])).toEqual([
      [second.id, 'completed'],
      [first.id, 'completed'],
    ]);
  });
});
