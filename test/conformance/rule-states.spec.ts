import { RuleStateEntity } from '../../lib/rules/rule-state.entity.js';
import { RuleStateStore } from '../../lib/rules/rule-state.store.js';
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

  /** Judges one event as the rule runner does: reads the state, and writes the next one. */
  const count = (machine: Machine, subject = '123'): Promise<void> =>
    machine.database.managed(async (manager) => {
      const state = await store.hold(manager, 'rule', subject);
      const fireCount = (state?.fireCount ?? 0) + 1;
      const next = { active: true, occurredAt: 4_102_444_800_123, firedAt: 7, fireCount };
      await store.save(manager, 'rule', subject, next);
    });

  const states = (): Promise<RuleStateEntity[]> =>
    machines[0]!.dataSource.getRepository(RuleStateEntity).find({ order: { subject: 'ASC' } });

  it('are unknown at first, and loaded as they were saved', async () => {
    const [machine] = machines;
    await machine!.database.managed(async (manager) => {
      expect(await store.hold(manager, 'rule', '123')).toBeUndefined();
    });
    await machine!.database.managed(async (manager) => {
      expect(await store.hold(manager, 'rule', '123')).toBeUndefined();
    });
    await count(machine!);
    expect(await states()).toEqual([
      {
        rule: 'rule',
        subject: '123',
        active: true,
        occurredAt: 4_102_444_800_123,
        firedAt: 7,
        fireCount: 1,
      },
    ]);
  });

  it('are known for a subject whose event occurred at the epoch, as an unset clock says', async () => {
    const judged = { active: true, occurredAt: 0, firedAt: 7, fireCount: 1 };
    await machines[0]!.database.managed(async (manager) => {
      await store.hold(manager, 'rule', '123');
      await store.save(manager, 'rule', '123', judged);
    });
    await machines[0]!.database.managed(async (manager) => {
      expect(await store.hold(manager, 'rule', '123')).toMatchObject(judged);
    });
  });

  it('of a new subject are judged one after the other, on any number of machines', async () => {
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
      await store.hold(manager, 'rule', '1');
      await count(machines[1]!, '2');
    });
    expect((await states()).map(({ subject }) => subject)).toEqual(['1', '2']);
  });

  it('REQ-63 are kept apart for subjects that differ in case, accents or a trailing space', async () => {
    const subjects = ['a', 'A', 'á', 'a ', '🎮', 's'.repeat(255), 'é'.repeat(255)];
    for (const subject of subjects) await count(machines[0]!, subject);
    expect((await states()).map(({ subject, fireCount }) => [subject, fireCount])).toEqual(
      expect.arrayContaining(subjects.map((subject) => [subject, 1])),
    );
  });

  it('leave nothing behind when the transaction is rolled back', async () => {
    const judged = machines[0]!.database.managed(async (manager) => {
      await store.hold(manager, 'rule', '123');
      throw new Error('rolled back');
    });
    await expect(judged).rejects.toThrow('rolled back');
    expect(await states()).toEqual([]);
  });
});
