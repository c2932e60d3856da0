import { PendingVerifications } from './pending-verifications.js';

describe(PendingVerifications.name, () => {
  it('F-11 bounds the bodies of sources whose verification waits, and of no others', async () => {
    const pending = new PendingVerifications(100);
    let go = (): void => undefined;
    const key = new Promise<void>((resolve) => (go = resolve));
    expect(pending.hasRoom('slow', 60)).toBe(true);
    const first = pending.settle('slow', 60, key);
    expect(pending.hasRoom('slow', 40)).toBe(true);
    expect(pending.hasRoom('slow', 41)).toBe(false);
    expect(pending.hasRoom('quick', 1_000)).toBe(true);
    go();
    await first;
    expect(pending.hasRoom('slow', 1_000)).toBe(true);
  });

  it('F-11 no longer counts what could not be verified', async () => {
    const pending = new PendingVerifications(100);
    await expect(pending.settle('slow', 90, Promise.reject(new Error('away')))).rejects.toThrow(
      'away',
    );
    expect(pending.hasRoom('slow', 1_000)).toBe(true);
  });
});
