import { Injectable } from '@nestjs/common';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { TransactionalHandlerContext } from '../../lib/dispatch/handler-context.js';
import type { Notification } from '../../lib/notifications/notification.js';
import { Rule } from '../../lib/rules/rule.decorator.js';
import type { RuleMatch, RuleResult } from '../../lib/rules/rule.options.js';
import { RuleService } from '../../lib/rules/rule.service.js';
import type { RuleFiringFilter } from '../../lib/rules/firings/rule-firing.list.js';
import type { RuleFiringView } from '../../lib/rules/firings/rule-firing.view.js';
import { unsigned } from '../../lib/signatures/providers/unsigned/unsigned.js';
import type { RetentionOptions } from '../../lib/retention/retention.options.js';
import { startApp, type AppSetup, type TestApp } from './application.js';
import { Bell, ring } from './bell.js';
import { FakeClock } from './fake.clock.js';

@Entity({ name: 'rules_host_effect' })
export class RuleEffect {
  @PrimaryGeneratedColumn() id!: number;
  @Column('varchar', { length: 255 }) what!: string;
}

interface Points {
  readonly user: string;
  readonly points: number;
}

const NOW = Date.UTC(2026, 0, 1);

/** When the retries of failed attempts come, in milliseconds. */
export const RETRY_MS = 60_000;

/** A rule over points, whose method does what the test says. */
@Injectable()
export class PointRules {
  readonly matches: RuleMatch<Points>[] = [];
  /** What the method does, after its effect. */
  firing: (match: RuleMatch<Points>) => RuleResult = ({ subject, fireCount }) =>
    ring(`${subject} ${fireCount}`);

  @Rule<Points>({
    name: 'hundred',
    on: 'points',
    subject: ({ data }) => data.user,
    when: ({ data }) => data.points >= 100,
  })
  async hundred(
    match: RuleMatch<Points>,
    { manager }: TransactionalHandlerContext,
  ): Promise<RuleResult> {
    this.matches.push(match);
    await manager.insert(RuleEffect, { what: match.subject });
    return this.firing(match);
  }
}

/** The same condition, by a rule that was added later. */
@Injectable()
export class LaterRules {
  @Rule<Points>({
    name: 'later',
    on: ['points', 'unheard'],
    subject: ({ data }) => data.user,
    when: ({ data }) => data.points >= 100,
  })
  later({ subject }: RuleMatch): Notification {
    return ring(`later ${subject}`);
  }

  @Rule<Points>({
    name: 'observer',
    on: 'points',
    subject: ({ data }) => data.user,
    when: ({ data }) => data.points >= 100,
    first: 'observe',
  })
  observe({ subject }: RuleMatch): Notification {
    return ring(`observed ${subject}`);
  }
}

/** An application whose source gives tenants, with the given rules. */
export class RulesHost {
  private count = 0;

  private constructor(
    private readonly host: TestApp,
    readonly clock: FakeClock,
  ) {}

  static async start(
    database: AppSetup['database'],
    rules: NonNullable<NonNullable<AppSetup['host']>['providers']> = [PointRules],
    { clock = new FakeClock(NOW), retention }: StartOptions = {},
  ): Promise<RulesHost> {
    const tenant = ({ headers }: { headers: Readonly<Record<string, unknown>> }): string =>
      String(headers['x-tenant'] ?? '');
    const facts = { id: { path: 'id' }, type: { path: 'type' }, dataPath: 'data' } as const;
    const at = { occurredAt: { path: 'at', unit: 'ms' } } as const;
    const host = await startApp({
      database,
      entities: [RuleEffect],
      options: {
        clock,
        sources: { game: { scheme: unsigned({ ...facts, ...at }), tenant } },
        queue: { backoff: { baseMs: RETRY_MS, capMs: RETRY_MS, jitter: 0 } },
        notifications: { channels: [Bell] },
        ...(retention === undefined ? {} : { retention }),
      },
      host: { providers: [Bell, ...rules] },
    });
    return new RulesHost(host, clock);
  }

  get app(): TestApp['app'] {
    return this.host.app;
  }

  get dataSource(): ReturnType<TestApp['dataSource']> {
    return this.host.dataSource();
  }

  get log(): string {
    return this.host.logger.text;
  }

  get rules(): RuleService {
    return this.app.get(RuleService);
  }

  get points(): PointRules {
    return this.app.get(PointRules);
  }

  get rung(): string[] {
    return this.app.get(Bell).rung;
  }

  /** Sends an event, runs what is due, and lets a second pass. */
  async send(user: string, points: number, more: SendOptions = {}): Promise<string> {
    const id = await this.post(user, points, more);
    await this.drain();
    this.clock.advance(1_000);
    return id;
  }

  /** Sends an event. */
  async post(user: string, points: number, more: SendOptions = {}): Promise<string> {
    const { tenant = '', type = 'points', at = this.clock.now() } = more;
    const id = more.id ?? `${at} ${++this.count}`;
    const body = JSON.stringify({ id, type, at, data: { user, points } });
    const headers = { 'content-type': 'application/json', 'x-tenant': tenant };
    const { status } = await this.host.post('/webhooks/game', body, headers);
    if (status !== 200) throw new Error(`the event was answered ${status}`);
    return id;
  }

  /** Lets the retries of failed attempts come. */
  async retry(): Promise<void> {
    this.clock.advance(RETRY_MS);
    await this.host.drain();
  }

  async drain(): Promise<void> {
    await this.host.drain();
  }

  async effects(): Promise<string[]> {
    const rows = await this.dataSource.getRepository(RuleEffect).find({ order: { id: 'ASC' } });
    return rows.map(({ what }) => what);
  }

  async firings(filter: RuleFiringFilter = {}): Promise<readonly RuleFiringView[]> {
    return (await this.rules.firings(filter)).items;
  }

  close(): Promise<void> {
    return this.host.close();
  }
}

interface StartOptions {
  readonly clock?: FakeClock;
  readonly retention?: RetentionOptions;
}

interface SendOptions {
  readonly id?: string;
  readonly tenant?: string;
  readonly type?: string;
  /** When it occurred, in milliseconds since the epoch. */
  readonly at?: number;
}
