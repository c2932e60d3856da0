import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { rowEventId } from '../lib/polling/event-id.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import type { PolledEvent } from '../lib/polling/polled-event.js';
import { describeOnDatabases, SERVERS } from './support/databases.js';
import { NEVER } from './support/players.js';
import { PollApps, type PollHost } from './support/poll.apps.js';

const TIMESTAMP = 1114;
const DATE = 1082;

@Entity('visit')
@Index(['updatedAt', 'id'])
class Visit {
  @PrimaryColumn('integer')
  id!: number;

  @Column('date')
  day!: string;

  @Column({ type: Date, precision: 6, nullable: true })
  leftAt!: Date | null;

  @CreateDateColumn()
  createdAt!: Date;

  @UpdateDateColumn()
  updatedAt!: Date;
}

@Injectable()
class Visits {
  @Poll({
    name: 'visits',
    cron: NEVER,
    entity: Visit,
    cursor: 'updatedAt',
    key: 'id',
    start: 'beginning',
  })
  changed({ id }: Visit): PolledEvent {
    return { type: 'visit.changed', data: id };
  }
}

describeOnDatabases(
  'The content of a row',
  (kind) => {
    const apps = new PollApps(kind, [Visit]);

    /** The driver reads dates as it does in a process of this zone. */
    const start = async (zone: string): Promise<PollHost> => {
      const options = apps.source;
      const getTypeParser = (oid: number, format?: 'text'): unknown =>
        oid === TIMESTAMP || oid === DATE
          ? (text: string) => new Date(`${text.length > 10 ? text : `${text} 00:00`}${zone}`)
          : pg.types.getTypeParser(oid, format);
      const source =
        options.type === 'postgres'
          ? { extra: { ...(options.extra as object), types: { getTypeParser } } }
          : { timezone: zone };
      return (await apps.start(Visits, { source })).app;
    };

    const insert = (app: PollHost): Promise<unknown> => {
      const columns = ['id', 'day', 'leftAt', 'createdAt', 'updatedAt'].map((name) =>
        app.dataSource().driver.escape(name),
      );
      return app.dataSource().query(
        `INSERT INTO visit (${columns.join(', ')}) VALUES
        (1, '2026-01-01', '2026-01-01 12:00:00.123456', '2026-01-01 10:00:00', '2026-01-01 13:00:00'),
        (2, '2026-01-02', NULL, '2026-01-01 10:00:00', '2026-01-01 13:00:00')`,
      );
    };

    const run = (app: PollHost) => app.app.get(PollRegistry, { strict: false }).run('visits');

    it('F-20 is the same in all processes, in whatever zone their drivers read its dates', async () => {
      const east = await start('+13:00');
      await insert(east);
      expect(await run(east)).toMatchObject({ ignored: 2, duplicates: 0 });
      for (const zone of ['+00:00', '-11:00']) {
        expect(await run(await start(zone))).toMatchObject({ ignored: 0, duplicates: 2 });
      }
    });

    it('F-20 is the one that processes in UTC always had', async () => {
      const app = await start('+00:00');
      await insert(app);
      await run(app);
      const { id } = (await app.app.get(InboxService, { strict: false }).list()).items.at(-1)!;
      const [, value] = /@(.*)#/.exec(id)!;
      const day = new Date('2026-01-01T00:00:00Z');
      const content = {
        polled_id: 1,
        polled_day: day,
        polled_leftAt: new Date('2026-01-01T12:00:00.123Z'),
        polled_createdAt: new Date('2026-01-01T10:00:00Z'),
      };
      expect(id).toBe(rowEventId({ key: '1', value: value! }, 'date', content));
    });
  },
  SERVERS,
);
