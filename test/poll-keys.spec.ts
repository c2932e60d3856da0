import { Injectable, type Type } from '@nestjs/common';
import { Column, Entity, Index, PrimaryColumn, ViewColumn, ViewEntity } from 'typeorm';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import type { PolledEvent } from '../lib/polling/polled-event.js';
import type { TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { NEVER } from './support/players.js';
import { PollApps } from './support/poll.apps.js';

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

function poller<Row extends Ticket | TicketView>(entity: Type<Row>): Type {
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

describeOnDatabases('A key that is NULL', (kind) => {
  const apps = new PollApps(kind);

  const start = async (pollers: Type): Promise<TestApp> =>
    (await apps.start(pollers, { entities: [Ticket, TicketView] })).app;

  it('F-21 is refused at start-up where the column says that it may be', async () => {
    await expect(start(poller(Ticket))).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(
        /'ref' of @Poll\('tickets'\) may be NULL.*key: 'id'/,
      ) as unknown,
    });
  });

  it('F-21 is said once where rows of a view have one', async () => {
    const app = await start(poller(TicketView));
    const warnings = (): readonly string[] =>
      app.logger.of('warn').filter((line) => line.includes('NULL'));
    const run = async (): Promise<void> => {
      apps.clock.advance(60_000);
      const result = await app.app.get(PollRegistry).run('tickets');
      expect(result).toMatchObject({ outcome: 'done' });
    };
    const put = (id: number, ref: string | null): Promise<unknown> =>
      app.dataSource().getRepository(Ticket).insert({ id, version: id, ref });
    await put(1, 'a');
    await run();
    expect(warnings()).toEqual([]);
    await put(2, null);
    await put(3, 'c');
    for (let round = 0; round < 3; round++) await run();
    expect(warnings()).toEqual([
      expect.stringMatching(/'tickets' reads ticket_view\(version, ref\).*key is NULL/),
    ]);
    const events = (await app.app.get(InboxService).list()).items;
    expect(events.map(({ id }) => id)).toEqual(['c@3', 'a@1']);
  });
});
