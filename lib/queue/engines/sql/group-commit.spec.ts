import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { FakeClock } from '../../../../test/support/fake.clock.js';
import { GroupCommit, type GroupCommitOptions } from './group-commit.js';
import { OverloadedError } from './overloaded.error.js';

class BadItemError extends Error {}

function create(commit: GroupCommitOptions<number, number>['commit'], limits = {}) {
  return new GroupCommit<number, number>({
    commit,
    isItemError: (error) => error instanceof BadItemError,
    maxGroup: 500,
    maxWaiting: 1_000,
    ...limits,
  });
}

/** More turns of the event loop than a group waits for. */
async function turns(): Promise<void> {
  for (let count = 0; count < 10; count++) await turn();
}

describe(GroupCommit.name, () => {
  it('commits what comes at the same time together, and answers each caller', async () => {
    const groups: number[][] = [];
    const group = create((items) => {
      groups.push([...items]);
      return Promise.resolve(items.map((item) => item * 10));
    });
    expect(await Promise.all([1, 2, 3].map((item) => group.add(item)))).toEqual([10, 20, 30]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('commits what came meanwhile as soon as the last group has ended', async () => {
    const groups: number[][] = [];
    let late: Promise<number> | undefined;
    const group = create((items) => {
      groups.push([...items]);
      late ??= group.add(2);
      return Promise.resolve([...items]);
    });
    await group.add(1);
    await late;
    expect(groups).toEqual([[1], [2]]);
    await group.idle();
  });

  it('splits a group that is too large', async () => {
    const sizes: number[] = [];
    const group = create(
      (items) => {
        sizes.push(items.length);
        return Promise.resolve([...items]);
      },
      { maxGroup: 2 },
    );
    await Promise.all([1, 2, 3, 4, 5].map((item) => group.add(item)));
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('shares what waits out among its lanes, and sends one group while another is under way', async () => {
    const groups: number[][] = [];
    const ends: (() => void)[] = [];
    const group = create(
      (items) => {
        groups.push([...items]);
        return new Promise((resolve) => ends.push(() => resolve([...items])));
      },
      { lanes: 2 },
    );
    const first = [1, 2, 3].map((item) => group.add(item));
    await turns();
    expect(groups).toEqual([[1, 2], [3]]);

    const late = group.add(4);
    await turns();
    expect(groups).toHaveLength(2);
    ends[1]?.();
    expect(await first[2]).toBe(3);
    await turns();
    expect(groups[2]).toEqual([4]);

    let isIdle = false;
    const idle = group.idle().then(() => (isIdle = true));
    ends[2]?.();
    expect(await late).toBe(4);
    await turns();
    expect(isIdle).toBe(false);
    ends[0]?.();
    await idle;
    expect(await Promise.all(first)).toEqual([1, 2, 3]);
  });

  it('waits while each turn of the event loop brings more, but not for ever', async () => {
    const groups: number[][] = [];
    const group = create((items) => {
      groups.push([...items]);
      return Promise.resolve([...items]);
    });
    const added = [group.add(1)];
    for (let item = 2; groups.length === 0; item++) {
      added.push(group.add(item));
      await turn();
    }
    expect(groups[0]?.length).toBeGreaterThan(2);
    expect(await Promise.all(added)).toEqual(added.map((_, index) => index + 1));

    groups.length = 0;
    const alone = group.add(0);
    await turn();
    expect(groups).toEqual([[0]]);
    await alone;
  });

  it('splits a group that has too many bytes, and gives an item with more a group of its own', async () => {
    const groups: number[][] = [];
    const group = create(
      (items) => {
        groups.push([...items]);
        return Promise.resolve([...items]);
      },
      { bytesOf: (item: number) => item, maxGroupBytes: 10 },
    );
    await Promise.all([4, 6, 1, 50, 3, 3].map((item) => group.add(item)));
    expect(groups).toEqual([[4, 6], [1], [50], [3, 3]]);
  });

  it('counts items by their size, and gives one that is too large a group of its own', async () => {
    const groups: number[][] = [];
    const group = create(
      (items) => {
        groups.push([...items]);
        return Promise.resolve([...items]);
      },
      { maxGroup: 5, sizeOf: (item: number) => item },
    );
    await Promise.all([2, 3, 1, 9, 4, 1].map((item) => group.add(item)));
    expect(groups).toEqual([[2, 3], [1], [9], [4, 1]]);
  });

  it('takes one that is too large when nothing waits, and no more until it is gone', async () => {
    const group = create((items) => Promise.resolve([...items]), {
      maxWaiting: 5,
      sizeOf: (item: number) => item,
    });
    const large = group.add(9);
    await expect(group.add(1)).rejects.toThrow(OverloadedError);
    expect(await large).toBe(9);
    expect(await group.add(1)).toBe(1);
  });

  it('fails the item alone that is at fault', async () => {
    const group = create((items) =>
      items.includes(3) ? Promise.reject(new BadItemError()) : Promise.resolve([...items]),
    );
    const results = await Promise.allSettled([1, 2, 3, 4].map((item) => group.add(item)));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  it('REQ-31 fails all when the database is away, and works again afterwards', async () => {
    let away = true;
    const group = create((items) =>
      away ? Promise.reject(new Error('away')) : Promise.resolve([...items]),
    );
    const results = await Promise.allSettled([1, 2].map((item) => group.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    expect(await group.add(3)).toBe(3);
  });

  it('refuses more than may wait', async () => {
    const group = create((items) => Promise.resolve([...items]), { maxWaiting: 1 });
    const first = group.add(1);
    await expect(group.add(2)).rejects.toThrow(OverloadedError);
    expect(await first).toBe(1);
  });

  it('refuses more when what waits has too many bytes', async () => {
    const group = create((items) => Promise.resolve([...items]), {
      bytesOf: (item: number) => item,
      maxWaitingBytes: 10,
    });
    const waiting = [4, 8].map((item) => group.add(item));
    await expect(group.add(1)).rejects.toThrow(OverloadedError);
    expect(await Promise.all(waiting)).toEqual([4, 8]);
    expect(await group.add(1)).toBe(1);
  });

  it("does not run in the first caller's context", async () => {
    const context = new AsyncLocalStorage<string>();
    let seen: string | undefined = 'not run';
    const group = create((items) => {
      seen = context.getStore();
      return Promise.resolve([...items]);
    });
    await context.run('first caller', () => group.add(1));
    expect(seen).toBeUndefined();
  });

  describe('with a time limit', () => {
    class TooLateError extends Error {}

    function setUp() {
      const clock = new FakeClock();
      const fates: [number, number | undefined][] = [];
      const commits: {
        items: readonly number[];
        timely: () => readonly number[];
        end: (error?: Error) => void;
      }[] = [];
      const group = create(
        (items, timely) =>
          new Promise((resolve, reject) => {
            const end = (error?: Error): void =>
              error === undefined ? resolve([...items]) : reject(error);
            commits.push({ items, timely, end });
          }),
        {
          timeLimit: { ms: 10_000, error: () => new TooLateError(), clock },
          settled: (item: number, result: number | undefined) => fates.push([item, result]),
        },
      );
      return { clock, fates, commits, group };
    }

    it('F-6 tells a caller that its item is not committed in time, and the truth to whoever settles it', async () => {
      const { clock, fates, commits, group } = setUp();
      const added = group.add(1);
      const refused = added.catch((error: unknown) => error);
      await turns();
      clock.advance(10_000);
      expect(await refused).toBeInstanceOf(TooLateError);
      expect(fates).toEqual([]);
      commits[0]?.end();
      await group.idle();
      expect(fates).toEqual([[1, 1]]);
    });

    it('F-6 says of a group whose transaction begins late which callers still wait', async () => {
      const { clock, commits, group } = setUp();
      const first = group.add(1);
      await turns();
      clock.advance(6_000);
      const second = [2, 3].map((item) => group.add(item).catch((error: unknown) => error));
      clock.advance(2_000);
      const third = group.add(4);
      commits[0]?.end();
      await first;
      await turns();
      expect(commits[1]?.timely()).toEqual([2, 3, 4]);
      clock.advance(8_000);
      for (const late of second) expect(await late).toBeInstanceOf(TooLateError);
      expect(commits[1]?.timely()).toEqual([4]);
      commits[1]?.end();
      expect(await third).toBe(4);
      await group.idle();
    });

    it('F-6 does not commit what waits behind a group that hangs, and goes on when that has ended', async () => {
      const { clock, fates, commits, group } = setUp();
      const first = group.add(1).catch((error: unknown) => error);
      await turns();
      clock.advance(6_000);
      const second = group.add(2).catch((error: unknown) => error);
      await turns();
      clock.advance(4_000);
      expect(await first).toBeInstanceOf(TooLateError);
      const third = group.add(3);
      clock.advance(6_000);
      expect(await second).toBeInstanceOf(TooLateError);
      expect(fates).toEqual([[2, undefined]]);
      commits[0]?.end(new Error('silent'));
      await turns();
      commits[1]?.end();
      expect(await third).toBe(3);
      expect(commits.map(({ items }) => items)).toEqual([[1], [3]]);
      expect(fates).toEqual([
        [2, undefined],
        [1, undefined],
        [3, 3],
      ]);
    });

    it('F-6 runs no timer while nothing waits', async () => {
      const { clock, commits, group } = setUp();
      const schedule = jest.spyOn(clock, 'schedule');
      const added = group.add(1);
      await turns();
      commits[0]?.end();
      await added;
      await group.idle();
      clock.advance(60_000);
      const before = schedule.mock.calls.length;
      clock.advance(60_000);
      expect(schedule.mock.calls.length).toBe(before);
    });

    it('F-6 settles what it does not take', async () => {
      const { fates, group } = setUp();
      const refused = Array.from({ length: 1_001 }, (_, item) => group.add(item)).at(-1);
      await expect(refused).rejects.toBeInstanceOf(OverloadedError);
      expect(fates).toEqual([[1_000, undefined]]);
    });
  });
});
