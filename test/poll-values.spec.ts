import pg from 'pg';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { describeOnDatabases } from './support/databases.js';
import { apiPoller, Player, playersPoller } from './support/players.js';
import { PollApps, type PollApp } from './support/poll.apps.js';

describeOnDatabases('The values that a poller finds', (kind) => {
  const apps = new PollApps(kind);

  it.each([
    ['NaN', Number.NaN],
    ['a date', new Date(0)],
    ['a BigInt', 1n],
    ['undefined inside', { after: undefined }],
    ['a function', () => 1],
  ])('F-23 stores no cursor that JSON cannot keep: %s', async (_, cursor) => {
    let given: unknown = 1;
    const app = await apps.start(apiPoller(() => ({ events: [], cursor: given })));
    await app.run('api');
    given = cursor;
    expect(await app.run('api')).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/`cursor` of a page of the poller 'api'/) as unknown,
    });
    expect(await app.row('api')).toMatchObject({ cursor: '1' });
  });

  it('F-25 REQ-79 makes three events of A, B and A again without ids, and one of what stays', async () => {
    let shown = ['A'];
    const app = await apps.start(
      apiPoller(() => ({ events: shown.map((value) => ({ type: 'value', data: value })) })),
    );
    const accepted: unknown[] = [];
    for (const next of [['A'], ['A'], ['B'], ['A'], ['A', 'B']]) {
      shown = next;
      const result = await app.run('api');
      accepted.push(result.outcome === 'done' ? result.ignored : result);
    }
    expect(accepted).toEqual([1, 0, 1, 1, 1]);
    expect(await app.told()).toEqual(['A', 'B', 'A', 'B']);
  });

  it('F-22 takes rows of a driver that gives 64-bit integers as BigInt, with the ids that texts would give', async () => {
    const seen: unknown[] = [];
    const app = await apps.start(
      playersPoller({}, ({ id, score }) => {
        seen.push(score);
        return { type: 'score', data: { id: Number(id), score: String(score) } };
      }),
    );
    await app.app
      .dataSource()
      .getRepository(Player)
      .save({
        id: 1,
        points: 1,
        updatedAt: new Date('2025-12-31T10:00:00Z'),
        score: '9007199254740993',
      });
    const restore = bigIntegers(app);
    try {
      expect(await app.run()).toMatchObject({ outcome: 'done', ignored: 1 });
    } finally {
      restore();
    }
    const [event] = (await app.app.app.get(InboxService, { strict: false }).list()).items;
    expect(await app.told()).toEqual([{ id: 1, score: '9007199254740993' }]);
    // What the content is told apart by has no BigInt in it, and is that of the text.
    expect(event!.id).toMatch(/^1@.+#[0-9a-f]{16}$/);
    expect(typeof seen[0]).toBe(seen[0] === '9007199254740993' ? 'string' : 'bigint');
  });

  /** Has the driver give 64-bit integers as BigInt, as hosts set it up. */
  const bigIntegers = (app: PollApp): (() => void) => {
    const { driver } = app.app.dataSource();
    if (kind.name === 'PostgreSQL') {
      const before = pg.types.getTypeParser(20);
      pg.types.setTypeParser(20, BigInt);
      return () => pg.types.setTypeParser(20, before);
    }
    if (kind.name === 'SQLite') {
      const { databaseConnection } = driver as unknown as {
        databaseConnection: { defaultSafeIntegers(on: boolean): void };
      };
      databaseConnection.defaultSafeIntegers(true);
      return () => databaseConnection.defaultSafeIntegers(false);
    }
    // mysql2 gives text for what a number cannot hold.
    return () => undefined;
  };

  it('F-20 takes the time that the method returns, whatever the cursor', async () => {
    const occurredAt = new Date('2025-06-01T00:00:00Z');
    const app = await apps.start(
      playersPoller({}, ({ id }) => ({ type: 'points.updated', data: { id }, occurredAt })),
    );
    await app.save([1, 10]);
    await app.run();
    expect((await app.app.app.get(InboxService, { strict: false }).list()).items).toMatchObject([
      { occurredAt },
    ]);
  });

  if (kind.name === 'SQLite') {
    it('F-20 refuses a cursor of numbers and texts by its name, and goes on when all are of one kind', async () => {
      const app = await apps.start(
        playersPoller({}, ({ id }) => ({ type: 'points.updated', data: { id } })),
      );
      await app.save([1, 10], [2, 20]);
      await app.run();
      await app.app
        .dataSource()
        .query(`UPDATE player SET "updatedAt" = 1767175203000 WHERE id = 2`);
      await app.save([3, 30]);
      expect(await app.run()).toMatchObject({
        outcome: 'failed',
        error: expect.stringMatching(
          /MixedCursorError.*'players' reads player\(updatedAt, id\).*numbers and texts.*UPDATE/,
        ) as unknown,
      });
      expect(await app.told()).toEqual([{ id: 1 }, { id: 2 }]);
      await app.save([2, 20]);
      expect(await app.run()).toMatchObject({ outcome: 'done' });
      expect(await app.told()).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    });
  }

  it('F-22 names the place of a BigInt in an event', async () => {
    const app = await apps.start(
      playersPoller({}, ({ id }) => ({
        type: 'points.updated',
        data: { id, of: [{ total: 5n }] },
      })),
    );
    await app.save([1, 10]);
    await app.run();
    expect(app.warnings()).toMatch(
      /row \{.*"key":"1"\}.*`data\.of\.0\.total` of an event of the poller 'players'.*BigInt.*String\(value\)/,
    );
  });
});
