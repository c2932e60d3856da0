import type {
  LeaseAnswer,
  LeaseProof,
  LeaseRequest,
} from '../../lib/polling/cursor/poll-lease.answer.js';
import { PollCursorStore } from '../../lib/polling/cursor/poll-cursor.store.js';
import { PollCursorEntity } from '../../lib/polling/cursor/poll-cursor.entity.js';
import type { PollProgress } from '../../lib/polling/page.reader.js';
import type { Poller } from '../../lib/polling/poller.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { FakeClock } from '../support/fake.clock.js';
import { clear, startMachine, type Machine } from './machine.js';

const LEASE_MS = 60_000;

/** Nothing has failed before. */
const PAST = { failures: 0, postponements: 0 };

describeOnDatabases('Poll cursors', (kind) => {
  let testDatabase: TestDatabase;
  let machines: Machine[];
  let stores: PollCursorStore[];
  let store: PollCursorStore;
  let clock: FakeClock;

  beforeAll(async () => {
    testDatabase = await kind.create();
    machines = [await startMachine(testDatabase)];
    for (let count = 1; count < 4; count++) {
      machines.push(await startMachine(testDatabase, { synchronize: false }));
    }
  });

  beforeEach(async () => {
    await clear(machines[0]!);
    clock = new FakeClock();
    stores = machines.map(({ database }) => new PollCursorStore(database, clock));
    store = stores[0]!;
  });

  afterAll(async () => {
    await Promise.all(machines.map(({ dataSource }) => dataSource.destroy()));
    await testDatabase.drop();
  });

  const poller = (name: string, progress: PollProgress, reads = 'users(id)'): Poller =>
    ({ name, reader: { reads, begin: () => Promise.resolve(progress) } }) as unknown as Poller;

  const register = (name = 'users', by = store): Promise<void> =>
    by.register(poller(name, { cursor: null, lookBack: '{"known":["é","🎮"]}' }));

  const take = (
    leasedBy: string,
    by = store,
    request: Partial<LeaseRequest> = {},
  ): Promise<LeaseAnswer> => by.take('users', { leasedBy, leaseMs: LEASE_MS, ...request });

  const taken = async (leasedBy: string, by = store): Promise<LeaseProof> => {
    const answer = await take(leasedBy, by);
    if (answer.outcome !== 'taken') throw new Error(`not taken: ${answer.outcome}`);
    return answer.proof;
  };

  const stored = async (): Promise<PollCursorEntity> =>
    machines[0]!.dataSource.getRepository(PollCursorEntity).findOneByOrFail({ name: 'users' });

  it('are registered once, by the first process', async () => {
    await Promise.all(
      stores.map((one, index) =>
        one.register(poller('users', { cursor: String(index), lookBack: null })),
      ),
    );
    const first = await stored();
    await store.register(poller('users', { cursor: 'late', lookBack: null }));
    expect(await stored()).toEqual(first);
    expect(first).toMatchObject({ reads: 'users(id)', paused: false, run: 0, leasedBy: null });
  });

  it('refuse to continue with something else to read', async () => {
    await register();
    await expect(
      store.register(poller('users', { cursor: null, lookBack: null }, 'users(version)')),
    ).rejects.toThrow(/users\(version\)/);
  });

  it('keep names apart that differ in case or in a trailing space', async () => {
    for (const name of ['users', 'Users', 'users ']) await register(name);
    expect(await store.load(['users', 'Users', 'users '], ['name'])).toHaveLength(3);
    expect(await take('a')).toMatchObject({ outcome: 'taken' });
    expect(await store.load(['Users'], ['name', 'leasedBy'])).toMatchObject([{ leasedBy: null }]);
  });

  it('REQ-54 are leased by one of four processes at once', async () => {
    await register();
    const answers = await Promise.all(stores.map((one, index) => take(`machine-${index}`, one)));
    expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual([
      'busy',
      'busy',
      'busy',
      'taken',
    ]);
    expect(await stored()).toMatchObject({ run: 1, leaseUntil: clock.now() + LEASE_MS });
  });

  it('REQ-54 are leased once for a tick, also after its run has ended', async () => {
    await register();
    const scheduledAt = clock.now();
    const answer = await take('a', store, { scheduledAt });
    expect(answer).toMatchObject({
      outcome: 'taken',
      progress: { cursor: null, lookBack: '{"known":["é","🎮"]}' },
    });
    if (answer.outcome === 'taken') await store.release(answer.proof, { kind: 'succeeded' }, PAST);
    expect(await take('b', stores[1], { scheduledAt })).toEqual({ outcome: 'busy' });
    expect(await take('b', stores[1], { scheduledAt: scheduledAt - 1 })).toEqual({
      outcome: 'busy',
    });
    expect(await take('b', stores[1], { scheduledAt: scheduledAt + 1 })).toMatchObject({
      outcome: 'taken',
    });
    expect(await stored()).toMatchObject({ lastTick: scheduledAt + 1, run: 2 });
  });

  it('are not stopped by a tick that a wrong clock has stored far ahead', async () => {
    await register();
    const answer = await take('a', store, { scheduledAt: clock.now() + 86_400_000 });
    if (answer.outcome === 'taken') await store.release(answer.proof, { kind: 'succeeded' }, PAST);
    expect(await take('b', store, { scheduledAt: clock.now() })).toMatchObject({
      outcome: 'taken',
    });
  });

  it('keep the last tick when they are run by hand', async () => {
    await register();
    const answer = await take('a', store, { scheduledAt: 5_000 });
    if (answer.outcome === 'taken') await store.release(answer.proof, { kind: 'succeeded' }, PAST);
    await taken('b');
    expect(await stored()).toMatchObject({ lastTick: 5_000 });
  });

  it('REQ-30 are taken over when the lease has run out; the stale process changes nothing', async () => {
    await register();
    const stale = await taken('a');
    clock.advance(LEASE_MS - 1);
    expect(await take('b', stores[1])).toEqual({ outcome: 'busy' });
    clock.advance(1);
    const fresh = await taken('b', stores[1]);
    expect(await store.save(stale, { cursor: 'stale', lookBack: null }, LEASE_MS)).toBe(false);
    expect(await store.renew(stale, LEASE_MS)).toBe(false);
    expect(await store.release(stale, { kind: 'failed', error: 'stale' }, PAST)).toBe(false);
    expect(await stored()).toMatchObject({ cursor: null, leasedBy: 'b', lastError: null });
    expect(
      await stores[1]!.save(fresh, { cursor: '{"value":"1"}', lookBack: '{}' }, LEASE_MS),
    ).toBe(true);
    expect(await stored()).toMatchObject({ cursor: '{"value":"1"}', lookBack: '{}' });
  });

  it('REQ-30 tell a process from itself in an earlier run', async () => {
    await register();
    const first = await taken('a');
    clock.advance(LEASE_MS);
    await taken('a');
    expect(await store.renew(first, LEASE_MS)).toBe(false);
  });

  it('are renewed, released, and keep or lose their last error', async () => {
    await register();
    const proof = await taken('a');
    clock.advance(1_000);
    expect(await store.renew(proof, LEASE_MS)).toBe(true);
    expect(await stored()).toMatchObject({ leaseUntil: clock.now() + LEASE_MS });
    expect(await store.release(proof, { kind: 'failed', error: 'Error: no' }, PAST)).toBe(true);
    expect(await stored()).toMatchObject({
      leasedBy: null,
      leaseUntil: null,
      lastFinishedAt: clock.now(),
      lastError: 'Error: no',
    });
    await store.release(await taken('b'), { kind: 'stopped' }, PAST);
    expect(await stored()).toMatchObject({ lastError: 'Error: no' });
    await store.release(await taken('c'), { kind: 'succeeded' }, PAST);
    expect(await stored()).toMatchObject({ lastError: null });
  });

  it('are paused and resumed, and unknown before they are registered', async () => {
    expect(await take('a')).toEqual({ outcome: 'unknown' });
    await register();
    await store.setPaused('users', true);
    expect(await take('a')).toEqual({ outcome: 'paused' });
    await store.setPaused('users', false);
    expect(await take('a')).toMatchObject({ outcome: 'taken' });
  });

  it('keep a look-back of more than 64 KiB', async () => {
    await register();
    const lookBack = JSON.stringify({
      known: Array.from(
        { length: 2_000 },
        (_, id) => `${id}@2026-01-01 00:00:00.000001#0123456789abcdef`,
      ),
    });
    expect(await store.save(await taken('a'), { cursor: '1', lookBack }, LEASE_MS)).toBe(true);
    expect(await stored()).toMatchObject({ lookBack });
  });
});
