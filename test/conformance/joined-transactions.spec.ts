import { Column, Entity, PrimaryGeneratedColumn, type EntityManager } from 'typeorm';
import type { SqlDatabase } from '../../lib/database/sql-database.js';
import type { Steps } from '../../lib/database/statement.js';
import { webhookEntities } from '../../lib/module/webhook.entities.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { startMachine, type Machine } from './machine.js';

@Entity({ name: 'joined_note' })
class Note {
  @PrimaryGeneratedColumn() id!: number;
  @Column('varchar', { length: 16 }) text!: string;
}

const REFUSED = new Error('refused');

/** Calls that join the transaction of their work, all at the same time. */
describeOnDatabases('Joined transactions', (kind) => {
  let database: TestDatabase;
  let machine: Machine;

  beforeEach(async () => {
    database = await kind.create();
    machine = await startMachine(database, {
      entities: [...webhookEntities, Note],
      synchronize: true,
    });
  });

  afterEach(async () => {
    await machine.dataSource.destroy();
    await database.drop();
  });

  /** Two statements, with something else to do in between. */
  const note = async (manager: EntityManager, text: string): Promise<void> => {
    await manager.insert(Note, { text: `${text} 1` });
    await manager.count(Note);
    await manager.insert(Note, { text: `${text} 2` });
  };

  const add = (text: string): Promise<void> =>
    machine.database.managed((manager) => note(manager, text));

  const addAndFail = (text: string): Promise<void> =>
    machine.database.managed(async (manager) => {
      await note(manager, text);
      throw REFUSED;
    });

  const addBySteps = (text: string): Promise<void> => {
    const { database: sql } = machine;
    return sql.transaction(function* (): Steps<void> {
      yield insertion(sql, `${text} 1`);
      yield insertion(sql, `${text} 2`);
    });
  };

  const texts = async (): Promise<string[]> =>
    (await machine.dataSource.getRepository(Note).find()).map(({ text }) => text).toSorted();

  it('F-1 take effect together', async () => {
    await machine.database.managed(async (manager) => {
      await Promise.all([add('a'), addBySteps('b'), add('c'), addBySteps('d')]);
      await manager.insert(Note, { text: 'end' });
    });
    expect(await texts()).toEqual(['a 1', 'a 2', 'b 1', 'b 2', 'c 1', 'c 2', 'd 1', 'd 2', 'end']);
  });

  it('F-1 keep the writes of the others when one of them fails', async () => {
    await machine.database.managed(async () => {
      const settled = await Promise.allSettled([
        add('a'),
        addAndFail('b'),
        addBySteps('c'),
        addAndFail('d'),
        add('e'),
      ]);
      expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(2);
    });
    expect(await texts()).toEqual(['a 1', 'a 2', 'c 1', 'c 2', 'e 1', 'e 2']);
  });

  it('F-1 may be nested', async () => {
    await machine.database.managed(async () => {
      await Promise.all([
        machine.database.managed(async (manager) => {
          await Promise.all([add('a'), addBySteps('b')]);
          await note(manager, 'c');
        }),
        add('d'),
        machine.database.alone((manager) => note(manager, 'e')),
      ]);
    });
    expect(await texts()).toHaveLength(10);
  });

  it('F-1 belong to it, too, if they are not awaited', async () => {
    await machine.database.managed(() => {
      for (const text of ['a', 'b']) void add(text);
      void addBySteps('c');
      return Promise.resolve();
    });
    expect(await texts()).toEqual(['a 1', 'a 2', 'b 1', 'b 2', 'c 1', 'c 2']);
  });

  it('F-1 are rolled back with it', async () => {
    const work = machine.database.managed(async () => {
      await Promise.all([add('a'), addBySteps('b')]);
      throw REFUSED;
    });
    await expect(work).rejects.toBe(REFUSED);
    await machine.database.managed((manager) => note(manager, 'c'));
    expect(await texts()).toEqual(['c 1', 'c 2']);
  });
});

function insertion(sql: SqlDatabase, text: string): ReturnType<SqlDatabase['statement']> {
  return sql.statement(`INSERT INTO ${sql.table(Note)} (text) VALUES (?)`, [text]);
}
