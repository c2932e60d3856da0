import { Injectable } from '@nestjs/common';
import type { Notification } from '../lib/notifications/notification.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import type { RuleMatch } from '../lib/rules/rule.options.js';
import { Occurrences } from '../lib/telemetry/occurrences.js';
import { ring } from './support/bell.js';
import { describeOnDatabases } from './support/databases.js';
import { RuleEffect, RulesHost } from './support/rules.host.js';
import { StatementLog } from './support/statement.log.js';
import { SharedDatabase } from './support/shared.database.js';

interface Points {
  readonly user: string;
  readonly points: number;
}

/** A condition that throws when the test says so. */
@Injectable()
class FlakyRules {
  /** Users of whom the condition cannot tell. */
  static readonly broken = new Set<string>();

  @Rule<Points>({
    name: 'flaky',
    on: 'points',
    subject: ({ data }) => data.user,
    when: ({ data }) => {
      if (FlakyRules.broken.has(data.user)) throw new Error('cannot tell');
      return data.points >= 100;
    },
  })
  hundred({ subject, event }: RuleMatch<Points>): Notification {
    return ring(`${subject} ${event.data.points}`);
  }
}

describeOnDatabases('Events of one subject', (kind) => {
  const database = new SharedDatabase(kind, [RuleEffect]);
  let host: RulesHost;

  beforeEach(async () => {
    FlakyRules.broken.clear();
    host = await RulesHost.start(database, [FlakyRules]);
  });

  afterEach(() => host.close());

  it('REQ-91 are judged in their order after a judgement that failed; others do not wait', async () => {
    FlakyRules.broken.add('jane');
    await host.send('jane', 150);
    await host.send('jane', 50);
    await host.send('john', 150);
    await host.send('jane', 160);
    expect(host.rung).toEqual(['john 150']);
    FlakyRules.broken.clear();
    await host.retry();
    expect(host.rung.toSorted()).toEqual(['jane 150', 'jane 160', 'john 150']);
    expect(await host.rules.state('flaky', 'jane')).toMatchObject({ fireCount: 2, active: true });
  });

  it('REQ-91 give the firings of a serial run, however many arrive at once', async () => {
    const users = Array.from({ length: 5 }, (_, index) => `user ${index}`);
    const rounds = Array.from({ length: 10 }, (_, index) => 100 + index);
    for (const points of rounds) {
      for (const user of users) await host.post(user, points);
      for (const user of users) await host.post(user, 0);
    }
    await host.drain();
    const firings: string[] = [];
    for (const subject of users) {
      const told = (await host.firings({ rule: 'flaky', subject })).toReversed();
      expect(told.map(({ fireCount }) => fireCount)).toEqual(rounds.map((_, index) => index + 1));
      firings.push(...rounds.map((points) => `${subject} ${points}`));
    }
    expect(host.rung.toSorted()).toEqual(firings.toSorted());
  });

  it('REQ-108 from ahead of our clock count as of their arrival, and their source is named once', async () => {
    const told: unknown[] = [];
    host.app.get(Occurrences).on('source.clock-ahead', (one) => told.push(one));
    const ahead = host.clock.now() + 3_600_000;
    await host.send('jane', 50, { at: ahead });
    await host.send('jane', 150);
    await host.send('jane', 50, { at: ahead });
    await host.send('jane', 150);
    expect(host.rung).toEqual(['jane 150', 'jane 150']);
    expect(told).toEqual([{ kind: 'source.clock-ahead', source: 'game', aheadMs: 3_600_000 }]);
    expect(host.log).toMatch(/The clock of source 'game' is 3600 s ahead of ours/);
  });

  it('read and write the state once, where it is known', async () => {
    await host.send('jane', 50);
    const { clock } = host;
    await host.close();
    const log = new StatementLog();
    const options = { ...database.options, logging: ['query'], logger: log };
    const logged = { options: options as typeof database.options };
    host = await RulesHost.start(logged, [FlakyRules], { clock });
    log.statements.splice(0);
    await host.send('jane', 50);
    const verbs = log.statements
      .filter(({ sql }) => sql.includes('webhook_rule_'))
      .map(({ sql }) => sql.split(' ')[0]);
    expect(verbs).toEqual(['SELECT', 'UPDATE']);
  });
});
