import type { PolledPage, PolledPages } from '../lib/polling/polled-event.js';
import { PollRunner } from '../lib/polling/run/poll.runner.js';
import { describeOnDatabases } from './support/databases.js';
import { apiPoller, playersPoller } from './support/players.js';
import { PollApps, until } from './support/poll.apps.js';

const never = (): Promise<never> => new Promise(() => undefined);

describeOnDatabases('The time of a poll', (kind) => {
  const apps = new PollApps(kind);

  it('F-23 saves what a slow method has found when the time of its run ends', async () => {
    const app = await apps.start(
      playersPoller({ timeoutMs: 300 }, ({ id }) => {
        apps.clock.advance(60);
        return { type: 'points.updated', data: id };
      }),
    );
    await app.put(1, 10);
    expect(await app.outcomes(3)).toEqual(['failed', 'failed', 'done']);
    expect((await app.told()).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    expect(await app.setAside()).toEqual([]);
  });

  it('F-23 saves what it has found each second', async () => {
    const cursors: unknown[] = [];
    const app = await apps.start(
      playersPoller({}, async ({ id }) => {
        const status = await app.status();
        cursors.push((status.cursor as { key: string } | undefined)?.key);
        apps.clock.advance(600);
        return { type: 'points.updated', data: id };
      }),
    );
    await app.put(1, 6);
    expect(await app.run()).toMatchObject({ outcome: 'done', ignored: 6 });
    expect(cursors).toEqual([undefined, undefined, '2', '2', '4', '4']);
  });

  it('F-23 sets a row aside at which the method hangs, and goes on behind it', async () => {
    let asked = 0;
    const app = await apps.start(
      playersPoller({ timeoutMs: 300, onRowError: { parkAfter: 2 } }, ({ id }) => {
        asked++;
        return id === 2 ? never() : { type: 'points.updated', data: id };
      }),
    );
    await app.put(1, 3);
    const first = app.run();
    await until(() => asked === 2);
    apps.clock.advance(300);
    expect(await first).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('time-out of 300 ms') as unknown,
    });
    expect(await app.told()).toEqual([1]);
    expect(await app.setAside()).toMatchObject([
      { attempts: 1, error: expect.stringContaining('PollTimeoutError') as unknown },
    ]);

    // The next run waits until the method has had its time once more; what is new goes first.
    apps.clock.advance(300);
    const second = app.run();
    await until(() => asked === 4);
    expect(await app.told()).toEqual([1, 3]);
    apps.clock.advance(300);
    expect(await second).toMatchObject({ outcome: 'failed' });
    expect(await app.parked()).toMatchObject([{ attempts: 2 }]);
  });

  it('F-23 REQ-81 ends a run whose method does not, and takes nothing of it from then on', async () => {
    const signals: AbortSignal[] = [];
    let answer = (_page: PolledPages): void => undefined;
    const app = await apps.start(
      apiPoller(({ signal }) => {
        signals.push(signal);
        return new Promise<PolledPages>((resolve) => (answer = resolve));
      }),
    );
    const running = app.run('api');
    while (signals.length === 0) await new Promise(setImmediate);
    apps.clock.advance(60_000);
    expect(await running).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/time-out of 60000 ms/) as unknown,
    });
    expect(signals[0]?.aborted).toBe(true);
    answer({ events: [{ type: 'late', data: 1 }], cursor: 'late' });
    expect(await app.row('api')).toMatchObject({ leasedBy: null, cursor: null });
    const next = app.run('api');
    while (signals.length === 1) await new Promise(setImmediate);
    answer({ events: [{ type: 'in time', data: 2 }] });
    expect(await next).toMatchObject({ outcome: 'done', ignored: 1 });
    expect(await app.told()).toEqual([2]);
  });

  it('F-23 begins no run beside a method that has not ended, and waits for it for one more time-out', async () => {
    const answers: ((pages: PolledPages) => void)[] = [];
    const app = await apps.start(
      apiPoller(() => new Promise<PolledPages>((resolve) => answers.push(resolve)), {
        timeoutMs: 300,
      }),
    );
    const begin = async (count: number): Promise<void> => {
      const run = app.run('api');
      await until(() => answers.length === count);
      apps.clock.advance(300);
      expect(await run).toMatchObject({ outcome: 'failed' });
    };
    await begin(1);
    expect(await app.outcomes(2, 'api')).toEqual(['busy', 'busy']);
    expect(app.warnings().match(/'api' is skipped/g)).toHaveLength(1);
    answers[0]!(undefined);
    await new Promise(setImmediate);
    await begin(2);
    expect(await app.outcomes(1, 'api')).toEqual(['busy']);
    apps.clock.advance(300);
    await begin(3);
  });

  it('F-23 closes a generator of the host when its run ends early', async () => {
    let closed = 0;
    let cursor: unknown = 1n;
    const app = await apps.start(
      apiPoller(async function* (): AsyncGenerator<PolledPage> {
        try {
          yield { events: [{ type: 'a', data: 1 }], cursor };
          await never();
        } finally {
          closed++;
          // That it fails or hangs concerns nobody.
          await (closed === 1 ? never() : Promise.reject(new Error('not closed')));
        }
      }),
    );
    expect(await app.run('api')).toMatchObject({ outcome: 'failed' });
    await until(() => closed === 1);
    apps.clock.advance(60_000);
    cursor = Number.NaN;
    expect(await app.run('api')).toMatchObject({ outcome: 'failed' });
    await until(() => closed === 2);
  });

  it('F-23 leaves no listener at the stop signal', async () => {
    const app = await apps.start(apiPoller(() => ({ events: [] })));
    const runner = app.app.app.get(PollRunner, { strict: false });
    const { signal } = (runner as unknown as { stopping: AbortController }).stopping;
    const added = jest.spyOn(signal, 'addEventListener');
    const removed = jest.spyOn(signal, 'removeEventListener');
    const any = jest.spyOn(AbortSignal, 'any');
    await app.outcomes(3, 'api');
    expect(added).toHaveBeenCalledTimes(3);
    expect(removed).toHaveBeenCalledTimes(3);
    expect(any.mock.calls.flat(2)).not.toContain(signal);
    jest.restoreAllMocks();
  });
});
