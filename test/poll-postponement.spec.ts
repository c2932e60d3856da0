import type { Type } from '@nestjs/common';
import type { PolledPages } from '../lib/polling/polled-event.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import { describeOnDatabases } from './support/databases.js';
import { apiPoller } from './support/players.js';
import { PollApps, until } from './support/poll.apps.js';

const HOUR_MS = 3_600_000;

/** It runs by the ticks of the test only, not by itself when a wait is over. */
const BY_HAND = { polling: { enabled: false } };

describeOnDatabases('An API that asks for a pause', (kind) => {
  const apps = new PollApps(kind);

  it('F-23 REQ-84 pauses for as long as an API says, in all processes, and counts no failure', async () => {
    let answer: () => PolledPages = () => {
      throw new Response('', { status: 429, headers: { 'retry-after': '120' } });
    };
    // It runs by these ticks only, not by itself when a wait is over.
    const [one, other] = [
      await apps.start(
        apiPoller(() => answer()),
        BY_HAND,
      ),
      await apps.start(
        apiPoller(() => answer()),
        BY_HAND,
      ),
    ];
    const end = apps.clock.now() + 120_000;
    expect(await one.tick('api', apps.clock.now())).toMatchObject({ outcome: 'postponed' });
    answer = () => ({ events: [] });
    apps.clock.advance(60_000);
    expect(await other.tick('api', apps.clock.now())).toMatchObject({
      outcome: 'postponed',
      until: new Date(end),
    });
    const status = await other.status('api');
    expect(status).toMatchObject({ failures: 0 });
    expect(status.nextRunAt!.getTime()).toBeGreaterThanOrEqual(end);
    apps.clock.advance(60_000);
    expect(await other.tick('api', apps.clock.now())).toMatchObject({ outcome: 'done' });

    // Without a time the wait doubles, until a run succeeds.
    answer = () => {
      throw Object.assign(new Error('no'), { status: 503 });
    };
    apps.clock.advance(1_000);
    for (const waitMs of [30_000, 60_000, 120_000]) {
      expect(await one.tick('api', apps.clock.now())).toMatchObject({
        until: new Date(apps.clock.now() + waitMs),
      });
      apps.clock.advance(waitMs);
    }
    answer = () => {
      throw new RetryLater(5_000, 'busy');
    };
    // By hand it is asked at any time.
    expect(await one.run('api')).toMatchObject({ until: new Date(apps.clock.now() + 5_000) });
  });

  it('F-23 REQ-84 runs a daily poller once when its API permits it again, though another process was asked', async () => {
    let runs = 0;
    let answer: () => PolledPages = () => {
      throw new Response('', { status: 429, headers: { 'retry-after': '30' } });
    };
    const daily = (): Type =>
      apiPoller(
        () => {
          runs++;
          return answer();
        },
        { cron: '0 3 * * *', timeZone: 'UTC' },
      );
    const [one, other] = [await apps.start(daily()), await apps.start(daily())];
    await one.tick('api', apps.clock.now());
    const end = apps.clock.now() + 30_000;
    expect(await other.status('api')).toMatchObject({ nextRunAt: new Date(end) });
    // The process that was answered is gone; the other one finds out by itself.
    await apps.close(one);
    answer = () => ({ events: [{ type: 'late', data: 1 }] });
    apps.clock.advance(10_000);
    await apps.settle();
    apps.clock.advance(19_999);
    await apps.settle();
    expect(runs).toBe(1);
    // It may read the row a little later, and set its timer then.
    await until(async () => {
      apps.clock.advance(1);
      return (await other.row('api')).lastSuccessAt !== null;
    });
    expect(runs).toBe(2);
    expect(await other.told()).toEqual([1]);
    expect(await other.row('api')).toMatchObject({ lastTick: end, notBefore: null });
  });

  it('F-23 REQ-84 runs a poller once at the end of a wait that two processes know of', async () => {
    let runs = 0;
    let isBusy = true;
    const daily = (): Type =>
      apiPoller(() => {
        runs++;
        if (isBusy) throw new RetryLater(30_000, 'busy');
        return { events: [] };
      });
    const both = [await apps.start(daily()), await apps.start(daily())];
    await both[0]!.tick('api', apps.clock.now());
    isBusy = false;
    for (let count = 0; count < 6; count++) {
      apps.clock.advance(10_000);
      await apps.settle();
    }
    await until(async () => (await both[1]!.row('api')).lastSuccessAt !== null);
    for (let count = 0; count < 3; count++) {
      apps.clock.advance(10_000);
      await apps.settle();
    }
    expect(runs).toBe(2);
    expect(await both[0]!.row('api')).toMatchObject({ run: 2, leasedBy: null });
  });

  it.each([
    ['in time', 10_000, true, 2],
    ['too late', 600_000, true, 2],
    ['too late, where it makes up for nothing', 600_000, false, 1],
  ])(
    'F-23 REQ-84 keeps a postponed run over a restart that ends %s',
    async (_, downMs, catchUp, expected) => {
      let runs = 0;
      let isBusy = true;
      const daily = (): Type =>
        apiPoller(
          () => {
            runs++;
            if (isBusy) throw new RetryLater(30_000, 'busy');
            return { events: [] };
          },
          { catchUp },
        );
      const first = await apps.start(daily());
      await first.tick('api', apps.clock.now());
      await apps.close(first);
      isBusy = false;
      apps.clock.advance(downMs);
      const again = await apps.start(daily());
      await apps.settle();
      expect(runs).toBe(1);
      apps.clock.advance(30_000);
      await apps.settle();
      if (expected === 2) await until(async () => (await again.row('api')).notBefore === null);
      expect(runs).toBe(expected);
    },
  );

  it('F-24 makes up once for ticks that fell into a downtime', async () => {
    const hourly = (ran: () => void): Type =>
      apiPoller(
        () => {
          ran();
          return { events: [] };
        },
        { cron: '0 * * * *', timeZone: 'UTC' },
      );
    let runs = 0;
    const count = (): void => void runs++;
    const first = await apps.start(hourly(count));
    expect(runs).toBe(0);
    expect(await first.tick('api', apps.clock.now())).toMatchObject({ outcome: 'done' });
    await apps.close(first);

    apps.clock.advance(5 * HOUR_MS + 60_000);
    let caught = (): void => undefined;
    const isCaught = new Promise<void>((resolve) => (caught = resolve));
    const again = await Promise.all([apps.start(hourly(caught)), apps.start(hourly(caught))]);
    await isCaught;
    await Promise.all(again.map((app) => apps.close(app)));
    const third = await apps.start(hourly(count));
    expect(await third.row('api')).toMatchObject({
      run: 2,
      lastTick: Date.parse('2026-01-01T05:00:00Z'),
    });
    expect(runs).toBe(1);
  });
});
