import { RuleStateEntity } from '../../lib/rules/rule-state.entity.js';
import type { RuleState } from '../../lib/rules/rule-state.js';
import {
  EVERY_TENANT,
  RuleStateStore,
  type HeldState,
  type StateKey,
} from '../../lib/rules/rule-state.store.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { clear, startMachine, type Machine } from './machine.js';

describeOnDatabases('Rule states', (kind) => {
  const store = new RuleStateStore();
  let testDatabase: TestDatabase;
  let machines: Machine[];

  beforeAll(async () => {
    testDatabase = await kind.create();
    machines = [
      await startMachine(testDatabase),
      await startMachine(testDatabase, { synchronize: false }),
    ];
  });

  beforeEach(() => clear(machines[0]!));

  afterAll(async () => {
    await Promise.all(machines.map(({ dataSource }) => dataSource.destroy()));
    await testDatabase.drop();
  });

  const keyOf = (subject = '123', tenant = ''): StateKey => ({ rule: 'rule', subject, tenant });

  const JUDGED: RuleState = {
    active: true,
    occurredAt: 4_102_444_800_123,
    firedAt: 7,
    fireCount: 1,
  };

  const read = (key: StateKey): Promise<HeldState> =>
    machines[0]!.database.managed((manager) => store.read(manager, key));

  const write = (key: StateKey, row: RuleState | undefined, next: RuleState): Promise<boolean> =>
    machines[0]!.database.managed((manager) => store.replace(manager, key, row, next));

  const forget = (key: StateKey): Promise<boolean> =>
    machines[0]!.database.managed((manager) => store.forget(manager, key));

  /** Judges one event as the rule does: reads the state, and writes the next one, until nobody is faster. */
  const count = (machine: Machine, key = keyOf()): Promise<void> =>
    machine.database.managed(async (manager) => {
      for (;;) {
        const { state, row } = await store.read(manager, key);
        const next = { ...JUDGED, fireCount: (state?.fireCount ?? 0) + 1 };
        if (await store.replace(manager, key, row, next)) return;
      }
    });

  const states = (): Promise<RuleStateEntity[]> =>
    machines[0]!.dataSource
      .getRepository(RuleStateEntity)
      .find({ order: { subject: 'ASC', tenant: 'ASC' } });

  it('are unknown at first, and read as they were written', async () => {
    expect(await read(keyOf())).toEqual({ state: undefined, row: undefined });
    await count(machines[0]!);
    expect(await states()).toEqual([{ ...keyOf(), ...JUDGED }]);
    expect((await read(keyOf())).state).toMatchObject(JUDGED);
  });

  it('are known for a subject whose event occurred at the epoch, as an unset clock says', async () => {
    const judged = { active: false, occurredAt: 0, firedAt: null, fireCount: 0 };
    await write(keyOf(), undefined, judged);
    expect((await read(keyOf())).state).toMatchObject(judged);
  });

  it('REQ-91 are not written over what another judgement has written meanwhile', async () => {
    expect(await write(keyOf(), undefined, JUDGED)).toBe(true);
    expect(await write(keyOf(), undefined, { ...JUDGED, fireCount: 9 })).toBe(false);
    const { row } = await read(keyOf());
    expect(await write(keyOf(), row, { ...JUDGED, fireCount: 2 })).toBe(true);
    expect(await write(keyOf(), row, { ...JUDGED, fireCount: 3 })).toBe(false);
    expect(await states()).toMatchObject([{ fireCount: 2 }]);
  });

  it('REQ-91 of a new subject are judged one after the other, on any number of machines', async () => {
    // One thread cannot wait for itself: on SQLite the test has only one machine.
    const all = kind.name === 'SQLite' ? machines.slice(0, 1) : machines;
    await Promise.all(Array.from({ length: 20 }, (_, index) => count(all[index % all.length]!)));
    expect(await states()).toMatchObject([{ fireCount: 20 }]);
    await Promise.all(Array.from({ length: 20 }, (_, index) => count(all[index % all.length]!)));
    expect(await states()).toMatchObject([{ fireCount: 40 }]);
  });

  it('of two subjects do not wait for each other', async () => {
    if (kind.name === 'SQLite') return;
    await machines[0]!.database.managed(async (manager) => {
      await store.replace(manager, keyOf('1'), undefined, JUDGED);
      await count(machines[1]!, keyOf('2'));
    });
    expect((await states()).map(({ subject }) => subject)).toEqual(['1', '2']);
  });

  it('REQ-63 are kept apart for subjects that differ in case, accents or a trailing space', async () => {
    const subjects = ['a', 'A', 'á', 'a ', '🎮', 's'.repeat(255), 'é'.repeat(255)];
    for (const subject of subjects) await count(machines[0]!, keyOf(subject));
    expect((await states()).map(({ subject, fireCount }) => [subject, fireCount])).toEqual(
      expect.arrayContaining(subjects.map((subject) => [subject, 1])),
    );
  });

  it('REQ-93 are kept apart for tenants', async () => {
    const tenants = ['', 'a', 'A', 'a ', 't'.repeat(64)];
    for (const tenant of tenants) await count(machines[0]!, keyOf('1', tenant));
    await count(machines[0]!, keyOf('1', 'a'));
    const told = (await states()).map(({ tenant, fireCount }) => [tenant, fireCount]);
    expect(new Map(told as [string, number][])).toEqual(
      new Map(tenants.map((tenant) => [tenant, tenant === 'a' ? 2 : 1])),
    );
  });

  it('REQ-93 begin with a copy of the one for every tenant, which stays', async () => {
    await write(keyOf('1', EVERY_TENANT), undefined, { ...JUDGED, fireCount: 5 });
    expect(await read(keyOf('1', 'a'))).toMatchObject({ state: { fireCount: 5 }, row: undefined });
    await count(machines[0]!, keyOf('1', 'a'));
    expect(await read(keyOf('2', 'a'))).toEqual({ state: undefined, row: undefined });
    expect((await states()).map(({ tenant, fireCount }) => [tenant, fireCount])).toEqual([
      [EVERY_TENANT, 5],
      ['a', 6],
    ]);
  });

  it('REQ-93 are forgotten for one tenant, also where there is one for every tenant', async () => {
    expect(await forget(keyOf('1', 'a'))).toBe(false);
    await write(keyOf('1', EVERY_TENANT), undefined, JUDGED);
    expect(await forget(keyOf('1', 'a'))).toBe(true);
    expect(await forget(keyOf('1', 'a'))).toBe(false);
    expect((await read(keyOf('1', 'a'))).state).toBeUndefined();
    expect((await read(keyOf('1', 'b'))).state).toMatchObject(JUDGED);
    await count(machines[0]!, keyOf('1', 'a'));
    expect((await read(keyOf('1', 'a'))).state).toMatchObject(JUDGED);
    expect(await forget(keyOf('1', EVERY_TENANT))).toBe(true);
    expect((await states()).map(({ tenant }) => tenant)).toEqual(['a']);
    expect(await forget(keyOf('1', 'a'))).toBe(true);
    expect(await states()).toEqual([]);
  });

  it('leave nothing behind when the transaction is rolled back', async () => {
    const judged = machines[0]!.database.managed(async (manager) => {
      await store.replace(manager, keyOf(), undefined, JUDGED);
      throw new Error('rolled back');
    });
    await expect(judged).rejects.toThrow('rolled back');
    expect(await states()).toEqual([]);
  });
});
