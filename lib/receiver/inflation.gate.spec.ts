import { FakeClock } from '../testing/fake.clock.js';
import { InflationGate } from './inflation.gate.js';

describe(InflationGate.name, () => {
  /** A task that ends when the test says so. */
  const task = () => {
    let end = (): void => undefined;
    const started = { count: 0 };
    const done = new Promise<string>((resolve) => (end = () => resolve('done')));
    return { started, end, run: () => ((started.count += 1), done) };
  };
  const ignore = (): void => undefined;

  it('F-9 runs two tasks at a time, and then the one that waited longest', async () => {
    const gate = new InflationGate(new FakeClock(0));
    const tasks = Array.from({ length: 4 }, task);
    const results = tasks.map(({ run }) => gate.run(run, ignore));
    expect(tasks.map(({ started }) => started.count)).toEqual([1, 1, 0, 0]);
    tasks[0]!.end();
    expect(await results[0]).toBe('done');
    expect(tasks.map(({ started }) => started.count)).toEqual([1, 1, 1, 0]);
    for (const { end } of tasks) end();
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done', 'done']);
    const later = task();
    later.end();
    expect(await gate.run(later.run, ignore)).toBe('done');
  });

  it('F-9 limits the waiting, and ends it for a task that is told to leave', async () => {
    const clock = new FakeClock(0);
    const gate = new InflationGate(clock);
    const tasks = Array.from({ length: 4 }, task);
    const leaves: (() => void)[] = [];
    const results = tasks.map(({ run }) => gate.run(run, (leave) => leaves.push(leave)));
    leaves[0]!();
    expect(await results[2]).toBeUndefined();
    clock.advance(5_000);
    expect(await results[3]).toBeUndefined();
    expect(tasks.map(({ started }) => started.count)).toEqual([1, 1, 0, 0]);
  });

  it('F-9 makes room also when a task fails', async () => {
    const gate = new InflationGate(new FakeClock(0));
    const failing = (): Promise<never> => Promise.reject(new Error('failed'));
    for (let run = 0; run < 3; run++)
      await expect(gate.run(failing, ignore)).rejects.toThrow('failed');
  });
});
