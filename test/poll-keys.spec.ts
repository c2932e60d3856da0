import { Injectable, type Type } from '@nestjs/common';
import { Column, Entity, Index, PrimaryColumn, ViewColumn, ViewEntity } from 'typeorm';
import { SafeLogger } from '../lib/logging/safe.logger.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import type { PolledEvent } from '../lib/polling/polled-event.js';
import { describeOnDatabases } from './support/databases.js';
import { NEVER, playersPoller } from './support/players.js';
import { PollingApps, type PollingApp } from './support/polling.app.js';

const MINUTE = 60_000;

@Entity('order_line')
@Index(['updatedAt', 'orderId', 'lineNo'])
class OrderLine {
  @PrimaryColumn('integer')
  orderId!: number;

  @PrimaryColumn('integer')
  lineNo!: number;

  @Column({ type: Date, precision: 6 })
  updatedAt!: Date;
}

/** One row of each player. No constraint says that its key is unique. */
@ViewEntity({
  name: 'player_view',
  expression: 'SELECT id, points, points AS version FROM player',
})
class PlayerView {
  @PrimaryColumn('integer')
  id!: number;

  @ViewColumn()
  points!: number;

  @ViewColumn()
  version!: number;
}

@Entity('ticket')
@Index(['version', 'ref'])
class Ticket {
  @PrimaryColumn('integer')
  id!: number;

  @Column('integer')
  version!: number;

  @Column('varchar', { length: 20, nullable: true, unique: true })
  ref!: string | null;
}

@ViewEntity({ name: 'ticket_view', expression: 'SELECT id, version, ref FROM ticket' })
class TicketView {
  @PrimaryColumn('integer')
  id!: number;

  @ViewColumn()
  version!: number;

  @ViewColumn()
  ref!: string;
}

function ticketsPoller<Row extends Ticket | TicketView>(entity: Type<Row>): Type {
  @Injectable()
  class Tickets {
    @Poll({
      name: 'tickets',
      cron: NEVER,
      entity,
      cursor: 'version' as never,
      key: 'ref' as never,
      start: 'beginning',
    })
    changed({ id }: Row): PolledEvent {
      return { type: 'ticket.changed', data: id };
    }
  }
  return Tickets;
}

describeOnDatabases('The key of a polled table', (kind) => {
  const apps = new PollingApps(kind, [OrderLine, PlayerView, Ticket, TicketView]);

  describe('of several columns', () => {
    const linesPoller = (options: object = {}, lines: string[] = []): Type => {
      @Injectable()
      class Lines {
        @Poll({
          name: 'lines',
          cron: NEVER,
          entity: OrderLine,
          cursor: 'updatedAt',
          key: ['orderId', 'lineNo'],
          start: 'beginning',
          ...options,
        })
        changed({ orderId, lineNo }: OrderLine): PolledEvent {
          lines.push(`${orderId}/${lineNo}`);
          return { type: 'line.changed', data: { id: orderId, points: lineNo } };
        }
      }
      return Lines;
    };

    const insertLines = (app: PollingApp, lines: readonly (readonly [number, number])[]) =>
      app.dataSource.getRepository(OrderLine).insert(
        lines.map(([orderId, lineNo]) => ({
          orderId,
          lineNo,
          updatedAt: new Date('2026-01-01T10:00:00Z'),
        })),
      );

    it.each([{ pageSize: 3 }, { dedupeBy: 'cursor' }, { pageSize: 1, dedupeBy: 'cursor' }])(
      'F-21 tells all rows with one cursor value, with %j',
      async (options) => {
        const app = await apps.start([linesPoller(options)]);
        const orders = Array.from({ length: 10 }, (_, index) => [index + 1, 1] as const);
        await insertLines(app, [...orders, [10, 2], [2, 10]]);
        const results = [await app.run('lines'), await app.run('lines')];
        expect(results).toMatchObject([
          { outcome: 'done', accepted: 12, duplicates: 0 },
          { accepted: 0, duplicates: 0 },
        ]);
        expect(new Set(await app.told()).size).toBe(12);
        // Numbers are not ordered as texts: the last row is that of the highest numbers.
        expect(await app.status('lines')).toMatchObject({ cursor: { key: '["10","2"]' } });
      },
    );

    it('F-21 finds what was committed late between rows that were read, and settles', async () => {
      const app = await apps.start([linesPoller({ pageSize: 2 })]);
      await insertLines(app, [
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
      await app.run('lines');
      await insertLines(app, [
        [2, 1],
        [1, 9],
        [9, 1],
      ]);
      expect(await app.run('lines')).toMatchObject({ accepted: 3, duplicates: 0 });
      for (let round = 0; round < 3; round++) {
        apps.clock.advance(5 * MINUTE);
        expect(await app.run('lines')).toMatchObject({ accepted: 0, duplicates: 0 });
      }
    });

    it('F-21 starts now, and retries a row by its whole key', async () => {
      const seed = await apps.start([]);
      await insertLines(seed, [
        [1, 1],
        [1, 2],
      ]);
      let isBroken = true;
      @Injectable()
      class Lines {
        @Poll({
          name: 'lines',
          cron: NEVER,
          entity: OrderLine,
          cursor: 'updatedAt',
          key: ['orderId', 'lineNo'],
        })
        changed({ orderId, lineNo }: OrderLine): PolledEvent {
          if (isBroken && lineNo === 4) throw new Error('broken');
          return { type: 'line.changed', data: { id: orderId, points: lineNo } };
        }
      }
      const app = await apps.start([Lines]);
      await insertLines(app, [
        [1, 3],
        [1, 4],
      ]);
      expect(await app.run('lines')).toMatchObject({ outcome: 'done', accepted: 1 });
      isBroken = false;
      await app.run('lines');
      expect(await app.told()).toEqual(['1:3', '1:4']);
    });

    it.each([
      [
        'half of the primary key',
        linesPoller({ key: 'lineNo' }),
        /lacks 'orderId'.*\['orderId', 'lineNo'\]/,
      ],
      [
        'a list of half of it',
        linesPoller({ key: ['orderId'] }),
        /@Poll\('lines'\).*lacks 'lineNo'/,
      ],
      ['an empty list', linesPoller({ key: [] }), /the name of a column, or a list of some/],
      [
        'a column that is not unique',
        playersPoller({ key: 'points' }),
        /'points'.*lacks 'id'.*key: 'id'/,
      ],
    ])('F-21 refuses %s', async (_what, poller, message) => {
      await expect(apps.start([poller])).rejects.toThrow(message);
    });

    const viewPoller = (): Type => {
      @Injectable()
      class Views {
        @Poll({
          name: 'view',
          cron: NEVER,
          entity: PlayerView,
          cursor: 'version',
          key: 'points',
          start: 'beginning',
        })
        changed({ id, points }: PlayerView): PolledEvent {
          return { type: 'changed', data: { id, points } };
        }
      }
      return Views;
    };

    it('F-21 fails the run where two rows of a view share cursor and key', async () => {
      const app = await apps.start([viewPoller()]);
      await app.put(1, 10, '2026-01-01 00:00:01');
      await app.put(2, 20, '2026-01-01 00:00:01');
      expect(await app.run('view')).toMatchObject({ outcome: 'done', accepted: 2 });
      await app.put(3, 30, '2026-01-01 00:00:01');
      await app.put(4, 30, '2026-01-01 00:00:01');
      expect(await app.run('view')).toMatchObject({
        outcome: 'failed',
        error: expect.stringMatching(/player_view\(version, points\).*cursor '30'.*key '30'/),
      });
      await app.put(4, 40, '2026-01-01 00:00:01');
      expect(await app.run('view')).toMatchObject({ outcome: 'done', accepted: 2 });
    });
  });

  describe('which is NULL', () => {
    it('F-21 is refused at start-up where the column says that it may be', async () => {
      await expect(apps.start([ticketsPoller(Ticket)])).rejects.toMatchObject({
        code: 'CONFIGURATION',
        message: expect.stringMatching(
          /'ref' of @Poll\('tickets'\) may be NULL.*key: 'id'/,
        ) as unknown,
      });
    });

    it('F-21 is reported once where rows of a view have one', async () => {
      const warn = jest.spyOn(SafeLogger.prototype, 'warn');
      const warnings = (): readonly string[] =>
        warn.mock.calls.map(([text]) => text).filter((text) => text.includes('NULL'));
      const app = await apps.start([ticketsPoller(TicketView)]);
      const run = async (): Promise<void> => {
        apps.clock.advance(MINUTE);
        expect(await app.run('tickets')).toMatchObject({ outcome: 'done' });
      };
      const put = (id: number, ref: string | null): Promise<unknown> =>
        app.dataSource.getRepository(Ticket).insert({ id, version: id, ref });
      await put(1, 'a');
      await run();
      expect(warnings()).toEqual([]);
      await put(2, null);
      await put(3, 'c');
      for (let round = 0; round < 3; round++) await run();
      expect(warnings()).toEqual([
        expect.stringMatching(/'tickets' reads ticket_view\(version, ref\).*key is NULL/),
      ]);
      expect((await app.events()).map(({ id }) => id)).toEqual(['a@1', 'c@3']);
      warn.mockRestore();
    });
  });
});
