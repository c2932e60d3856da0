import { Injectable, Module, Scope, type Type } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { Entity, PrimaryColumn } from 'typeorm';
import { PollCursorEntity } from '../lib/polling/cursor/poll-cursor.entity.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { PollExplorer } from '../lib/polling/poll.explorer.js';
import { describeOnDatabases } from './support/databases.js';
import { apiPoller, NEVER, Player, playersPoller } from './support/players.js';
import { PollingApps } from './support/polling.app.js';

@Entity('stranger')
class Stranger {
  @PrimaryColumn('integer')
  id!: number;
}

describeOnDatabases('The start-up of pollers', (kind) => {
  const apps = new PollingApps(kind);

  const raw = (options: object): Type => {
    @Injectable()
    class Pollers {
      @Poll(options as never)
      poll(): void {}
    }
    return Pollers;
  };
  const table = { name: 'players', cron: NEVER, entity: Player, cursor: 'updatedAt', key: 'id' };

  it.each<[string, Type[], RegExp]>([
    [
      'two pollers whose names differ in case only',
      [playersPoller(), playersPoller({ name: 'Players' })],
      /two pollers with the name 'Players'/,
    ],
    ['no name', [raw({ cron: NEVER })], /Pollers\.poll.*name/],
    ['a name with a space', [raw({ name: 'my players', cron: NEVER })], /letters, digits/],
    ['a name of 65 characters', [raw({ name: 'x'.repeat(65), cron: NEVER })], /1 to 64/],
    [
      'an invalid cron expression',
      [raw({ ...table, cron: 'often' })],
      /'often' of @Poll\('players'\)/,
    ],
    ['a cron expression that never fits', [raw({ ...table, cron: '0 0 31 2 *' })], /'0 0 31 2 \*'/],
    ['no cron expression', [raw({ name: 'players' })], /@Poll\('players'\)\.cron/],
    ['an unknown time zone', [raw({ ...table, timeZone: 'Mars/Olympus' })], /timeZone/],
    ['no cursor', [raw({ ...table, cursor: undefined })], /@Poll\('players'\)\.cursor/],
    ['no key', [raw({ ...table, key: undefined })], /@Poll\('players'\)\.key/],
    [
      'a cursor that is not a column',
      [raw({ ...table, cursor: 'changedAt' })],
      /'changedAt'.*not a column of Player/,
    ],
    [
      'a key that is not a column',
      [raw({ ...table, key: 'uuid' })],
      /'uuid'.*not a column of Player/,
    ],
    ['a cursor without an order', [raw({ ...table, cursor: 'extra' })], /number, a date or a text/],
    [
      'an entity that the data source does not know',
      [raw({ ...table, entity: Stranger })],
      /not known to the data source/,
    ],
    [
      'an entity that was not loaded yet',
      [raw({ ...table, entity: undefined })],
      /import each other/,
    ],
    ['an unknown option', [raw({ ...table, interval: 5 })], /interval/],
    ['a page of no rows', [raw({ ...table, pageSize: 0 })], /pageSize/],
    ['an unknown start', [raw({ ...table, start: 'today' })], /'now' or 'beginning'/],
    ['an unknown way to dedupe', [raw({ ...table, dedupeBy: 'id' })], /'cursor' or 'content'/],
  ])('refuses %s', async (_what, providers, message) => {
    await expect(apps.start(providers)).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(message) as string,
    });
  });

  it('REQ-51 refuses a request-scoped class', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Scoped {
      @Poll({ name: 'scoped', cron: NEVER })
      poll(): void {}
    }
    await expect(apps.start([Scoped])).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(/Scoped\.poll/) as string,
    });
  });

  it('refuses a poller whose stored cursor belongs to another column', async () => {
    const app = await apps.start([playersPoller()]);
    await apps.close(app);
    await expect(apps.start([playersPoller({ cursor: 'points' })])).rejects.toThrow(
      /has read player\(updatedAt, id\) so far, and would now read player\(points, id\)/,
    );
  });

  it('advises an index that leads with the cursor', async () => {
    const app = await apps.start([
      playersPoller(),
      playersPoller({ name: 'points', cursor: 'points' }),
    ]);
    const pollers = app.module.get(PollExplorer, { strict: false }).all();
    const advice = await Promise.all(pollers.map(({ reader }) => reader.advice()));
    expect(advice).toEqual([undefined, expect.stringContaining("@Index(['points', 'id'])")]);
  });

  it('REQ-51 finds pollers of modules that are loaded later', async () => {
    const app = await apps.start([], { polling: { enabled: true } });
    @Module({ providers: [playersPoller()] })
    class Late {}
    await app.module.get(LazyModuleLoader).load(() => Late);
    apps.clock.advance(10_000);
    while ((await app.dataSource.getRepository(PollCursorEntity).count()) === 0) {
      await new Promise(setImmediate);
    }
    expect((await app.polls.list()).items.map(({ name }) => name)).toEqual(['players']);
  });

  it('knows the names of all pollers, and refuses an unknown one', async () => {
    const app = await apps.start([playersPoller(), apiPoller(() => undefined)]);
    const names = app.module.get(PollExplorer, { strict: false }).names();
    expect([...names].toSorted()).toEqual(['api', 'players']);
    await expect(app.run('users')).rejects.toMatchObject({ code: 'UNKNOWN_POLLER' });
  });
});
