import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { BadItemError, createGroup, turns } from '../../../../test/support/group-commit.js';
import { GroupCommit } from './group-commit.js';
import { OverloadedError } from './overloaded.error.js';

describe(GroupCommit.name, () => {
  it('commits items of the same time together, and answers each caller', async () => {
    const groups: number[][] = [];
    const group = createGroup((items) => {
      groups.push([...items]);
      return Promise.resolve(items.map((item) => item * 10));
    });
    expect(await Promise.all([1, 2, 3].map((item) => group.add(item)))).toEqual([10, 20, 30]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('commits items that came meanwhile as soon as the last group has ended', async () => {
    const groups: number[][] = [];
    let late: Promise<number> | undefined;
    const group = createGroup((items) => {
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
    const group = createGroup(
      (items) => {
        sizes.push(items.length);
        return Promise.resolve([...items]);
      },
      { maxGroup: 2 },
    );
    await Promise.all([1, 2, 3, 4, 5].map((item) => group.add(item)));
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('shares waiting items among its lanes, and sends one group while another is running', async () => {
    const groups: number[][] = [];
    const ends: (() => void)[] = [];
    const group = createGroup(
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

  it('waits while each turn of the event loop brings more items, but not forever', async () => {
    const groups: number[][] = [];
    const group = createGroup((items) => {
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
    const group = createGroup(
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
    const group = createGroup(
      (items) => {
        groups.push([...items]);
        return Promise.resolve([...items]);
      },
      { maxGroup: 5, sizeOf: (item: number) => item },
    );
    await Promise.all([2, 3, 1, 9, 4, 1].map((item) => group.add(item)));
    expect(groups).toEqual([[2, 3], [1], [9], [4, 1]]);
  });

  it('takes an item that is too large when nothing waits, and no more until it is committed', async () => {
    const group = createGroup((items) => Promise.resolve([...items]), {
      maxWaiting: 5,
      sizeOf: (item: number) => item,
    });
    const large = group.add(9);
    await expect(group.add(1)).rejects.toThrow(OverloadedError);
    expect(await large).toBe(9);
    expect(await group.add(1)).toBe(1);
  });

  it('fails only the item that is at fault', async () => {
    const group = createGroup((items) =>
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

  it('REQ-31 fails all when the database is unreachable, and works again afterwards', async () => {
    let away = true;
    const group = createGroup((items) =>
      away ? Promise.reject(new Error('away')) : Promise.resolve([...items]),
    );
    const results = await Promise.allSettled([1, 2].map((item) => group.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    expect(await group.add(3)).toBe(3);
  });

  it('refuses more than may wait', async () => {
    const group = createGroup((items) => Promise.resolve([...items]), { maxWaiting: 1 });
    const first = group.add(1);
    await expect(group.add(2)).rejects.toThrow(OverloadedError);
    expect(await first).toBe(1);
  });

  it('refuses more when the waiting items have too many bytes', async () => {
    const group = createGroup((items) => Promise.resolve([...items]), {
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
    const group = createGroup((items) => {
      seen = context.getStore();
      return Promise.resolve([...items]);
    });
    await context.run('first caller', () => group.add(1));
    expect(seen).toBeUndefined();
  });
});
