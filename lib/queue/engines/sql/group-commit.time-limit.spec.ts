import { FakeClock } from '../../../../test/support/fake.clock.js';
import { createGroup, turns } from '../../../../test/support/group-commit.js';
import { GroupCommit } from './group-commit.js';
import { OverloadedError } from './overloaded.error.js';

describe(`${GroupCommit.name} with a time limit`, () => {
  class TooLateError extends Error {}

  function setUp() {
    const clock = new FakeClock();
    const fates: [number, number | undefined][] = [];
    const commits: {
      items: readonly number[];
      timely: () => readonly number[];
      end: (error?: Error) => void;
    }[] = [];
    const group = createGroup(
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

  it('F-6 fails the caller of an item that is not committed in time, and settles the item with its real outcome', async () => {
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

  it('F-6 tells a group whose transaction begins late which callers still wait', async () => {
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

  it('F-6 does not commit late items behind a group that hangs, and continues when that has ended', async () => {
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

  it('F-6 settles an item that it refuses', async () => {
    const { fates, group } = setUp();
    const refused = Array.from({ length: 1_001 }, (_, item) => group.add(item)).at(-1);
    await expect(refused).rejects.toBeInstanceOf(OverloadedError);
    expect(fates).toEqual([[1_000, undefined]]);
  });
});
