import { Injectable, Logger } from '@nestjs/common';
import {
  email,
  OnWebhook,
  Poll,
  Rule,
  type Notification,
  type PolledEvent,
  type RuleMatch,
  type TransactionalHandlerContext,
  type WebhookEvent,
} from 'nestjs-hookline';
import { DataSource } from 'typeorm';
import { pointsUpdated, type PointsUpdated } from './points-updated.js';
import { User } from './user.entity.js';

/** Everything that the application does about points. */
@Injectable()
export class GamePoints {
  private readonly logger = new Logger(GamePoints.name);

  constructor(private readonly dataSource: DataSource) {}

  /** The game's webhook: keep the points. Its write and the job's completion commit together. */
  @OnWebhook('points.updated', { source: 'game', schema: pointsUpdated, transactional: true })
  async save(
    { id, data, occurredAt }: WebhookEvent<PointsUpdated>,
    { manager }: TransactionalHandlerContext,
  ): Promise<void> {
    await manager.update(User, data.userId, { points: data.points, updatedAt: occurredAt });
    this.logger.log(`Event ${id}: user ${data.userId} has ${data.points} points`);
  }

  /**
   * A table that another program writes to, and that sends no webhooks: read its changes every five seconds.
   */
  @Poll({ name: 'users', cron: '*/5 * * * * *', entity: User, cursor: 'updatedAt', key: 'id' })
  changed({ id, points }: User): PolledEvent {
    return { type: 'points.updated', data: { userId: id, points } };
  }

  /** For points from either way: one mail when they reach 100. */
  @Rule({
    name: 'reached-100-points',
    on: 'points.updated',
    schema: pointsUpdated,
    subject: (event) => event.data.userId,
    when: (event) => event.data.points >= 100,
  })
  async congratulate({ event }: RuleMatch<PointsUpdated>): Promise<Notification> {
    const user = await this.dataSource
      .getRepository(User)
      .findOneByOrFail({ id: event.data.userId });
    return email({
      to: user.email,
      subject: 'Congratulations!',
      text: `You have reached ${event.data.points} points.`,
    });
  }
}
