import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  NotificationService,
  OnWebhook,
  Rule,
  type ChannelMessage,
  type Notification,
  type NotificationChannel,
  type RuleMatch,
  type TransactionalHandlerContext,
  type WebhookEvent,
} from '../../lib/index.js';
import { EffectEntity } from './effect.entity.js';

/** How many rows the handler writes for each event, in one transaction. */
export const EFFECTS_OF_ONE = 5;

/** The time limit of an attempt, in milliseconds. */
const { queue } = JSON.parse(process.env['CHAOS_SETTINGS'] ?? '{"queue":{}}') as {
  queue: { readonly timeoutMs?: number };
};
const TIMEOUT_MS = queue.timeoutMs ?? 30_000;

interface Note {
  readonly text: string;
}

/** Reports each notification that it sends. */
@Injectable()
export class TellingChannel implements NotificationChannel<Note> {
  readonly name = 'tell';

  recipient(): string {
    return 'the ledger';
  }

  async send({ payload }: ChannelMessage<Note>): Promise<object> {
    process.stdout.write(`sent ${payload.text}\n`);
    return {};
  }
}

const note = (text: string): Notification<Note> => ({ channel: 'tell', payload: { text } });

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/**
 * Waits, in a statement or outside of one, for less time with each attempt. Two waits exceed the time limit
 * in every second first attempt.
 */
async function linger(attempt: number, manager?: EntityManager): Promise<void> {
  const ms = (Math.random() * TIMEOUT_MS) / attempt;
  const { type } = manager?.connection.options ?? {};
  const isInStatement = Math.random() < 0.5;
  if (manager !== undefined && isInStatement && type === 'postgres') {
    await manager.query(`SELECT pg_sleep(${ms / 1_000})`);
  } else if (manager !== undefined && isInStatement && (type === 'mysql' || type === 'mariadb')) {
    await manager.query(`SELECT SLEEP(${ms / 1_000})`);
  } else {
    await wait(ms);
  }
}

/** Ignores errors, like a handler that does not care about time-outs, lost leases and stops. */
async function carelessly(step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch {
    // The next step runs nevertheless.
  }
}

/** Work that is late in many ways. */
@Injectable()
export class TimedHandlers {
  private readonly judged = new Map<string, number>();

  constructor(private readonly notifications: NotificationService) {}

  @OnWebhook('timed', { name: 'timed', transactional: true })
  async work(event: WebhookEvent, context: TransactionalHandlerContext): Promise<void> {
    const { manager, attempt } = context;
    // Each a row of its own: TypeORM writes generated ids into the given objects.
    const row = () => ({ eventId: event.id, attempt });
    const repository = manager.getRepository(EffectEntity);
    const builder = manager.createQueryBuilder().insert().into(EffectEntity).values(row());
    process.stdout.write(`started ${event.id} ${attempt}\n`);
    await carelessly(() => manager.insert(EffectEntity, row()));
    await carelessly(() => linger(attempt, manager));
    await carelessly(() => repository.save([row(), row()], { chunk: 1 }));
    await carelessly(() => this.notifications.notify(note(`effect:${event.id}`)));
    await carelessly(() => linger(attempt, manager));
    await carelessly(() => builder.execute());
    await carelessly(() => manager.transaction((inner) => inner.insert(EffectEntity, row())));
    process.stdout.write(`handled ${event.id} ${attempt}\n`);
  }

  @Rule({ name: 'timed', on: 'timed', subject: (event) => event.id, when: () => true })
  async judge({ event }: RuleMatch): Promise<Notification<Note>> {
    const attempt = (this.judged.get(event.id) ?? 0) + 1;
    this.judged.set(event.id, attempt);
    await linger(attempt);
    await linger(attempt);
    return note(`fired:${event.id}`);
  }
}
