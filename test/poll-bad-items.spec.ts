import { PacketTooLargeError } from '../lib/database/mysql/packet-too-large.error.js';
import { SchemaFailedError } from '../lib/event/schema-failed.error.js';
import { Inbox } from '../lib/inbox/inbox.js';
import { describeOnDatabases } from './support/databases.js';
import { apiPoller, playersPoller, type Mapper } from './support/players.js';
import { PollApps } from './support/poll.apps.js';

const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Throws for some rows. */
const throwingFor =
  (isBad: (id: number) => boolean): Mapper =>
  ({ id }) => {
    if (isBad(id)) throw new Error(`cannot take ${id}`);
    return { type: 'points.updated', data: id };
  };

/** What a database says of a value that is too large. */
const TOO_LARGE: Readonly<Record<string, Error>> = {
  SQLite: Object.assign(new Error('string or blob too big'), { code: 'SQLITE_TOOBIG' }),
  PostgreSQL: Object.assign(new Error('invalid memory alloc request size'), { code: '54000' }),
  MySQL: new PacketTooLargeError(2, 1),
};

describeOnDatabases('What a poller cannot take', (kind) => {
  const apps = new PollApps(kind);

  it('F-23 sets bad rows aside, however many, where the page has good ones', async () => {
    const app = await apps.start(
      playersPoller(
        {},
        throwingFor((id) => id <= 6 || id % 4 === 0),
      ),
    );
    await app.put(1, 100);
    expect(await app.run()).toMatchObject({ outcome: 'done', ignored: 70 });
    expect(await app.told()).toHaveLength(70);
    expect(await app.status()).toMatchObject({ setAside: 30, failures: 0 });
    expect(await app.setAside()).toHaveLength(30);
    expect(await app.parked()).toEqual([]);
    expect(await app.outcomes(4)).toEqual(['done', 'done', 'done', 'done']);
    expect(await app.setAside()).toEqual([]);
    expect(await app.parked()).toHaveLength(30);
  });

  it('F-23 moves on behind rows that all fail, 20 a run, once they have failed in so many runs', async () => {
    const bad = throwingFor((id) => id <= 45);
    const app = await apps.start(
      playersPoller({ pageSize: 45, onRowError: { parkAfter: 3 } }, bad),
    );
    await app.put(1, 50);
    expect(await app.outcomes(2)).toEqual(['failed', 'failed']);
    expect(await app.setAside()).toEqual([]);
    expect(await app.outcomes(1)).toEqual(['failed']);
    expect(await app.setAside()).toHaveLength(20);
    // The next ones do not start the count again, unless some row is taken.
    expect(await app.outcomes(1)).toEqual(['failed']);
    expect(await app.setAside()).toHaveLength(40);
    expect(await app.outcomes(2)).toEqual(['failed', 'done']);
    expect(await app.told()).toEqual(numbers(46, 50));
  });

  it('F-23 moves on behind a page of an API without a single event', async () => {
    const app = await apps.start(
      apiPoller(({ cursor = 0 }) =>
        cursor === 0
          ? { events: [{ data: 'one' }, { data: 'two' }] as never, cursor: 1 }
          : { events: [{ type: 'good', data: 3 }] },
      ),
    );
    expect(await app.outcomes(4, 'api')).toEqual(Array(4).fill('failed'));
    expect(await app.parked()).toEqual([]);
    await app.run('api');
    expect(await app.parked()).toHaveLength(2);
    expect(await app.outcomes(1, 'api')).toEqual(['done']);
    expect(await app.told()).toEqual([3]);
  });

  it('F-23 sets a row aside that cannot become an entity, and reads the others of its page', async () => {
    const app = await apps.start(
      playersPoller(
        {},
        throwingFor(() => false),
      ),
    );
    await app.put(1, 5);
    await app.app.dataSource().query(`UPDATE player SET extra = '{bad' WHERE id = 3`);
    expect(await app.run()).toMatchObject({ outcome: 'done', ignored: 4 });
    expect(await app.told()).toEqual([1, 2, 4, 5]);
    expect(await app.setAside()).toMatchObject([
      {
        item: 'row 3',
        error: expect.stringContaining('JSON') as unknown,
      },
    ]);
    await app.app.dataSource().query(`UPDATE player SET extra = NULL WHERE id = 3`);
    expect(await app.run()).toMatchObject({ outcome: 'done' });
    expect(await app.told()).toEqual([1, 2, 4, 5, 3]);
    expect(await app.setAside()).toEqual([]);
  });

  it.each([
    ['a schema that throws', new SchemaFailedError(`source 'players'`, new Error('no'))],
    ['its size', TOO_LARGE[kind.name]],
  ])('F-23 sets aside what the inbox refuses for itself: %s', async (_, refusal) => {
    const app = await apps.start(
      playersPoller(
        {},
        throwingFor(() => false),
      ),
    );
    await app.put(1, 3);
    const inbox = app.app.app.get(Inbox, { strict: false });
    const accept = inbox.acceptAll.bind(inbox);
    jest
      .spyOn(inbox, 'acceptAll')
      .mockImplementation((events, how) =>
        String(events[0]?.rawBody) === '2' ? Promise.reject(refusal) : accept(events, how),
      );
    expect(await app.run()).toMatchObject({ outcome: 'done', ignored: 2 });
    expect(await app.told()).toEqual([1, 3]);
    expect(await app.setAside()).toMatchObject([{ item: 'row 2' }]);
  });

  it('F-23 sets a row aside at which an API asks for a pause each time', async () => {
    let asked: number[] = [];
    const app = await apps.start(
      playersPoller({ onRowError: { parkAfter: 2 } }, ({ id }) => {
        asked.push(id);
        if (id === 2) throw Object.assign(new Error('no'), { status: 503 });
        return { type: 'points.updated', data: id };
      }),
    );
    await app.put(1, 3);
    expect(await app.outcomes(1)).toEqual(['postponed']);
    expect((await app.status()).lastError).toMatch(/postponed until .*: .*HTTP 503/);
    expect(await app.setAside()).toEqual([]);
    expect(await app.outcomes(1)).toEqual(['postponed']);
    expect(await app.setAside()).toHaveLength(1);
    asked = [];
    // What is new goes first; the retry is postponed as well, and counts.
    expect(await app.outcomes(1)).toEqual(['postponed']);
    expect(asked).toEqual([3, 2]);
    expect(await app.told()).toEqual([1, 3]);
    expect(await app.parked()).toHaveLength(1);
    expect(await app.outcomes(1)).toEqual(['done']);
  });

  it('F-23 retries what was set aside after what is new, and at most 100 a run', async () => {
    let asked: number[] = [];
    const isBad = (id: number): boolean => id <= 120;
    const app = await apps.start(
      playersPoller({}, (player, context) => {
        asked.push(player.id);
        return throwingFor(isBad)(player, context);
      }),
    );
    await app.put(1, 121);
    await app.run();
    await app.put(200);
    asked = [];
    await app.run();
    expect(asked[0]).toBe(200);
    expect(asked).toHaveLength(101);
  });

  it('F-23 loses no item of a page that JSON cannot hold', async () => {
    const cycle = (n: number): object => {
      const item: Record<string, unknown> = { n };
      return Object.assign(item, { data: item });
    };
    const events = [{ data: 1n }, { data: 2n }, cycle(1), cycle(2), { type: 'good', data: 1 }];
    const app = await apps.start(apiPoller(() => ({ events: events as never })));
    expect(await app.outcomes(2, 'api')).toEqual(['done', 'done']);
    const contents = await app.contents();
    expect(await app.parked()).toHaveLength(4);
    expect(contents).toHaveLength(4);
    expect(contents).toEqual(expect.arrayContaining(['{"data":"1"}', '{"data":"2"}']));
    expect(contents.join()).toMatch(/Circular/);
  });
});
