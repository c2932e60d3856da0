import { Injectable, type Type } from '@nestjs/common';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Poll } from '../../lib/polling/poll.decorator.js';
import type { ApiPollOptions, TablePollOptions } from '../../lib/polling/poll.options.js';
import type {
  PolledEvent,
  PolledEvents,
  PolledPages,
  PollRequest,
  RowPollContext,
} from '../../lib/polling/polled-event.js';

/** A schedule that does not fire in a test. */
export const NEVER = '0 0 1 1 *';

/** A table that tests poll. */
@Entity('player')
@Index(['updatedAt', 'id'])
export class Player {
  @PrimaryColumn('integer')
  id!: number;

  @Column('integer')
  points!: number;

  @Column({ type: Date, precision: 6 })
  updatedAt!: Date;

  @Column('bigint', { nullable: true })
  score!: string | null;

  @Column('simple-json', { nullable: true })
  extra!: object | null;
}

/** The function that the poller of the players calls for each row. */
export type Mapper = (
  player: Player,
  context: RowPollContext,
) => PolledEvents | Promise<PolledEvents>;

export const toPointsUpdated = ({ id, points }: Player): PolledEvent => ({
  type: 'points.updated',
  data: { id, points },
});

/** A class with the poller `players`, which reads from the first row on. */
export function playersPoller(
  options: Partial<TablePollOptions<Player>> = {},
  map: Mapper = toPointsUpdated,
): Type {
  @Injectable()
  class Players {
    @Poll({
      name: 'players',
      cron: NEVER,
      entity: Player,
      cursor: 'updatedAt',
      key: 'id',
      start: 'beginning',
      ...options,
    })
    changed(player: Player, context: RowPollContext) {
      return map(player, context);
    }
  }
  return Players;
}

/** A class with the poller `api`, which reads no table. */
export function apiPoller(
  method: (request: PollRequest) => PolledPages | Promise<PolledPages>,
  options: Partial<ApiPollOptions> = {},
): Type {
  @Injectable()
  class Api {
    @Poll({ name: 'api', cron: NEVER, ...options })
    pages(request: PollRequest) {
      return method(request);
    }
  }
  return Api;
}
