import { MAX_ASIDE_ITEMS } from '../lib/polling/aside/aside.keeper.js';
import { PollItemEntity } from '../lib/polling/aside/poll-item.entity.js';
import { describeOnDatabases } from './support/databases.js';
import { apiPoller, playersPoller, type Mapper } from './support/players.js';
import { PollApps, type PollApp } from './support/poll.apps.js';

const DAY_MS = 86_400_000;

/** Throws for some rows. */
const throwingFor =
  (isBad: (id: number) => boolean): Mapper =>
  ({ id }) => {
    if (isBad(id)) throw new Error(`cannot take ${id}`);
    return { type: 'points.updated', data: id };
  };

describeOnDatabases('What a poller has set aside and parked', (kind) => {
  const apps = new PollApps(kind);

  it('F-23 REQ-80 parks a row that the method cannot take after five runs, and it holds up no other', async () => {
    const asked: number[] = [];
    let isCured = false;
    const app = await apps.start(
      playersPoller({}, ({ id, points }) => {
        asked.push(id);
        if (id === 2 && !isCured) throw new Error('cannot take the second');
        return { type: 'points.updated', data: { id, points } };
      }),
    );
    await app.save([1, 10], [2, 20], [3, 30], [4, 40]);
    expect(await app.run()).toMatchObject({ outcome: 'done', ignored: 3 });
    expect(asked).toEqual([1, 2, 3, 4]);
    for (let count = 2; count <= 5; count++)
      expect(await app.run()).toMatchObject({ outcome: 'done' });
    // Only the one that failed was given to the method again.
    expect(asked).toEqual([1, 2, 3, 4, 2, 2, 2, 2]);
    expect(await app.parked()).toMatchObject([
      {
        poller: 'players',
        kind: 'row',
        attempts: 5,
        error: 'Error: cannot take the second',
        item: 'row 2',
      },
    ]);
    expect(await app.contents()).toMatchObject([expect.stringContaining('"key":"2"')]);
    expect(app.warnings()).toMatch(/'players' has parked the row .*cannot take the second/);
    await app.run();
    expect(asked).toHaveLength(8);
    await app.save([5, 50]);
    await app.run();
    expect(asked).toEqual([1, 2, 3, 4, 2, 2, 2, 2, 5]);

    isCured = true;
    const [{ item } = { item: '' }] = await app.parked();
    expect(await app.polls.retryParked('players', item)).toBe(true);
    expect(await app.parked()).toEqual([]);
    expect(await app.told()).toEqual([
      { id: 1, points: 10 },
      { id: 3, points: 30 },
      { id: 4, points: 40 },
      { id: 5, points: 50 },
      { id: 2, points: 20 },
    ]);
    expect(await app.polls.retryParked('players', item)).toBe(false);
  });

  it('F-23 takes a row that succeeds in a later run, and drops one that is given up by hand', async () => {
    let isDown = true;
    const app = await apps.start(
      playersPoller({ onRowError: { parkAfter: 2 } }, ({ id, points }) => {
        if ((id === 2 && isDown) || id === 3) throw new Error('no');
        return { type: 'points.updated', data: { id, points } };
      }),
    );
    await app.save([1, 10], [2, 20], [3, 30]);
    await app.run();
    isDown = false;
    await app.run();
    expect((await app.told()).length).toBe(2);
    const [parked] = await app.parked();
    expect(parked).toMatchObject({
      attempts: 2,
      item: 'row 3',
    });
    expect(await app.polls.dropParked('players', parked!.item)).toBe(true);
    expect(await app.parked()).toEqual([]);
    await app.run();
    expect(await app.parked()).toEqual([]);
  });

  it('F-23 sets no row aside where the method fails for all of them', async () => {
    let isDown = true;
    const app = await apps.start(
      playersPoller({}, ({ id }) => {
        if (isDown) throw new Error('the mail server is down');
        return { type: 'points.updated', data: { id } };
      }),
    );
    await app.save([1, 10], [2, 20], [3, 30]);
    for (let count = 0; count < 4; count++) {
      expect(await app.run()).toMatchObject({ outcome: 'failed' });
    }
    expect(await app.parked()).toEqual([]);
    expect(await app.status()).toMatchObject({ failures: 4, lastSuccessAt: null });
    isDown = false;
    expect(await app.run()).toMatchObject({ outcome: 'done', ignored: 3 });
    expect(await app.status()).toMatchObject({
      failures: 0,
      lastSuccessAt: apps.clock.date,
    });
  });

  it('F-23 parks an item that is not an event, and takes the others of its page', async () => {
    const app = await apps.start(
      apiPoller(() => ({
        events: [{ type: 'a', data: 1 }, { data: 'no type' } as never, { type: 'c', data: 3 }],
        cursor: 7,
      })),
    );
    expect(await app.run('api')).toMatchObject({ outcome: 'done', ignored: 2 });
    expect(await app.told()).toEqual([1, 3]);
    expect(await app.row('api')).toMatchObject({ cursor: '7' });
    expect(await app.parked()).toMatchObject([
      {
        kind: 'event',
        error: expect.stringContaining('`type`') as unknown,
      },
    ]);
    expect(await app.contents()).toEqual(['{"data":"no type"}']);
  });

  describe('F-23 the list of what is set aside', () => {
    const put = async (app: PollApp, points: number): Promise<void> => app.put(1, 1, points);

    it('has one item of a row, however often it changes', async () => {
      let isBad = true;
      const app = await apps.start(
        playersPoller(
          { onRowError: { parkAfter: 2 } },
          throwingFor((id) => isBad && id === 1),
        ),
      );
      for (const points of [1, 2, 3]) {
        await put(app, points);
        await app.run();
        expect([...(await app.setAside()), ...(await app.parked())]).toHaveLength(1);
      }
      // A change of a row that is parked is tried.
      isBad = false;
      await put(app, 4);
      await app.run();
      expect(await app.told()).toEqual([1]);
      expect([...(await app.setAside()), ...(await app.parked())]).toEqual([]);
    });

    it('is bounded: at its end the poller holds and says so', async () => {
      const app = await apps.start(
        playersPoller(
          {},
          throwingFor((id) => id === 2),
        ),
      );
      const full = Array.from({ length: MAX_ASIDE_ITEMS }, (_, index) => ({
        poller: 'players',
        item: `row ${index + 1_000}`,
        kind: 'row' as const,
        content: JSON.stringify({ value: '', key: String(index + 1_000), version: '' }),
        attempts: 5,
        error: 'no',
        firstFailedAt: 1,
        lastFailedAt: 1,
        parkedAt: 1,
      }));
      await app.app.dataSource().getRepository(PollItemEntity).insert(full);
      await app.put(1, 3);
      expect(await app.outcomes(2)).toEqual(['failed', 'failed']);
      expect(app.warnings()).toMatch(/1000 items aside, which is the most: it holds at .*'row 2'/);
      await app.polls.dropParked('players', 'row 1000');
      expect(await app.outcomes(1)).toEqual(['done']);
      expect((await app.told()).toSorted()).toEqual([1, 3]);
    });

    it('keeps out what was dropped and is shown again', async () => {
      const app = await apps.start(
        apiPoller(() => ({ events: [{ data: 'bad' }, { type: 'good', data: 1 }] as never })),
      );
      await app.run('api');
      const [parked] = await app.parked();
      expect(await app.polls.dropParked('api', parked!.item)).toBe(true);
      await app.run('api');
      expect(await app.parked()).toEqual([]);
      expect(await app.polls.dropParked('api', parked!.item)).toBe(false);
      // The mark is renewed while the item is shown, so retention leaves it.
      apps.clock.advance(2 * DAY_MS);
      await app.run('api');
      const mark = await app.app
        .dataSource()
        .getRepository(PollItemEntity)
        .findOneByOrFail({ item: parked!.item });
      expect(mark).toMatchObject({ kind: 'dropped', lastFailedAt: apps.clock.now() });
    });

    it('refuses to retry what was too large to be kept whole', async () => {
      const app = await apps.start(
        apiPoller(() => ({ events: [{ data: 'x'.repeat(70_000) } as never] })),
      );
      await app.run('api');
      const [parked] = await app.parked();
      await expect(app.polls.retryParked('api', parked!.item)).rejects.toThrow(/too large/);
      expect(await app.parked()).toEqual([parked]);
    });
  });
});
