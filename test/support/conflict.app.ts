import { Injectable } from '@nestjs/common';
import { Column, Entity, PrimaryColumn, type EntityManager } from 'typeorm';
import type { TransactionalHandlerContext } from '../../lib/dispatch/handler-context.js';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';
import type { JobView } from '../../lib/queue/job.view.js';
import { QueueService } from '../../lib/queue/queue.service.js';
import { Rule } from '../../lib/rules/rule.decorator.js';
import { unsigned } from '../../lib/signatures/providers/unsigned/unsigned.js';
import type { AppSetup } from './application.js';
import { SharedApp } from './shared.app.js';

@Entity({ name: 'conflict_account' })
export class Account {
  @PrimaryColumn('integer') id!: number;
  @Column('integer') cents!: number;
}

/** Works on accounts; the test says what happens in between. */
@Injectable()
class Handlers {
  /** How often each job was tried, whether that counted or not. */
  tries = 0;
  attempts: number[] = [];
  work: (manager: EntityManager, run: number) => Promise<unknown> = () => Promise.resolve();

  @OnWebhook('paid', { transactional: true })
  paid(_event: unknown, { manager, attempt }: TransactionalHandlerContext): Promise<unknown> {
    this.attempts.push(attempt);
    return this.work(manager, ++this.tries);
  }

  @Rule({ name: 'judge', on: 'judged', subject: () => 'one', when: () => true })
  async judged(): Promise<void> {
    await this.work(undefined as never, ++this.tries);
  }
}

let count = 0;

/** An application whose handler works on the accounts 1 and 2, which are empty before each test. */
export class ConflictApp extends SharedApp {
  constructor(database: AppSetup['database']) {
    super({
      database,
      entities: [Account],
      options: { sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) } },
      host: { providers: [Handlers] },
    });
    beforeEach(async () => {
      Object.assign(this.handlers, { tries: 0, attempts: [] });
      const empty = [1, 2].map((id) => ({ id, cents: 0 }));
      await this.dataSource().getRepository(Account).insert(empty);
    });
  }

  get handlers(): Handlers {
    return this.app.get(Handlers);
  }

  /** Has an event handled; gives its job. */
  async handle(type = 'paid'): Promise<JobView> {
    const body = JSON.stringify({ id: `event-${++count}`, type });
    const answer = await this.post('/webhooks/game', body, { 'content-type': 'application/json' });
    if (answer.status !== 200) throw new Error(`the answer is ${answer.status}`);
    await this.drain();
    const [job] = (await this.app.get(QueueService).list({}, { limit: 1 })).items;
    return job!;
  }

  accounts(): Promise<Account[]> {
    return this.dataSource()
      .getRepository(Account)
      .find({ order: { id: 'ASC' } });
  }

  /** Everything of the log that somebody would have to look at. */
  complaints(): string[] {
    return [...this.logger.of('warn'), ...this.logger.of('error')];
  }
}

export const add = (manager: EntityManager, id: number, cents: number): Promise<unknown> =>
  manager.increment(Account, { id }, 'cents', cents);
