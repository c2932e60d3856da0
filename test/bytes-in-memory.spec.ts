import { describeOnDatabases } from './support/databases.js';
import { ProcessesWithClocks } from './support/processes-with-clocks.js';

const MIB = 1024 * 1024;

describeOnDatabases('The queue', (kind) => {
  const { start } = new ProcessesWithClocks(kind);

  it('F-3 has the bytes of its jobs in memory only up to queue.maxHeldBytes', async () => {
    const { process } = await start({ maxHeldBytes: 4 * MIB });
    const finish: (() => void)[] = [];
    process.runner.act = () => new Promise<void>((resolve) => finish.push(resolve));
    for (let count = 0; count < 12; count++) await process.add({ bytes: MIB });
    expect(process.runner.runs).toHaveLength(4);
    expect(await process.service.counts()).toMatchObject({ running: 4, available: 8 });
    for (let ended = 0; ended < 12; ended++) {
      while (finish.length === 0) {
        process.worker.wake();
        await new Promise(setImmediate);
      }
      expect(finish.length).toBeLessThanOrEqual(4);
      finish.shift()?.();
    }
    await process.worker.settled();
    // One by one, when its attempt starts.
    expect(process.runner.loads.every((refs) => refs.length === 1)).toBe(true);
    expect(process.runner.loads).toHaveLength(8);
  });

  it('F-3 runs a job that has more bytes than queue.maxHeldBytes by itself', async () => {
    const { process } = await start({ maxHeldBytes: 1_000 });
    const ids = [
      await process.add({ bytes: 5_000 }),
      await process.add({ bytes: 5_000 }),
      await process.add({ bytes: 10 }),
    ];
    await process.worker.runDue();
    for (const id of ids) expect(await process.row(id)).toMatchObject({ state: 'completed' });
  });

  it('F-3 starts a large job though small ones that wait behind it have the bytes', async () => {
    const { process } = await start({ maxHeldBytes: 1_000, enabled: false });
    const sizes = [40_000, 400, 400];
    for (const bytes of sizes) await process.add({ bytes });
    const { process: worker } = await start({ maxHeldBytes: 1_000, concurrency: 1 });
    await worker.worker.runDue();
    expect(worker.runner.runs.map(({ job }) => job.bytes).toSorted()).toEqual(sizes.toSorted());
  });
});
