import { InboxService } from '../lib/inbox/inbox.service.js';
import { QueueService } from '../lib/queue/queue.service.js';
import type { PrimedState } from '../lib/rules/rule.primer.js';
import { RuleStateEntity } from '../lib/rules/rule-state.entity.js';
import { UNSEEN } from '../lib/rules/rule-state.js';
import { describeOnDatabases } from './support/databases.js';
import { LaterRules, PointRules, RuleEffect, RulesHost } from './support/rules.host.js';
import { SharedDatabase } from './support/shared.database.js';
import { storeRows } from './support/stored-rows.js';

describeOnDatabases('A new rule', (kind) => {
  const database = new SharedDatabase(kind, [RuleEffect]);
  let host: RulesHost;

  const start = async (...rules: (typeof LaterRules | typeof PointRules)[]): Promise<void> => {
    host = await RulesHost.start(database, rules);
  };

  /** The next version of the application, with other rules. */
  const restart = async (...rules: (typeof LaterRules | typeof PointRules)[]): Promise<void> => {
    const { clock } = host;
    await host.close();
    host = await RulesHost.start(database, rules, { clock });
  };

  afterEach(() => host.close());

  const inbox = (): InboxService => host.app.get(InboxService);

  const keyOf = async (id: string): Promise<string> => (await inbox().list({ id })).items[0]!.key;

  it("REQ-94 learns from the first event of a subject with `first: 'observe'`", async () => {
    await start(LaterRules);
    await host.send('jane', 150);
    await host.send('jane', 160);
    await host.send('john', 50);
    expect(host.rung).toEqual(['later jane']);
    await host.send('jane', 50);
    await host.send('jane', 150);
    await host.send('john', 150);
    expect(host.rung.filter((text) => text.startsWith('observed'))).toEqual([
      'observed jane',
      'observed john',
    ]);
  });

  it('REQ-94 learns from ignored events that are replayed, and fires nothing', async () => {
    await start(PointRules);
    await host.send('jane', 150, { type: 'unheard' });
    await host.send('john', 50, { type: 'unheard' });
    await restart(LaterRules);
    expect(await inbox().replay({ type: 'unheard' })).toMatchObject({ replayed: 2, jobs: 2 });
    await host.drain();
    expect((await host.app.get(QueueService).list({ kind: 'replay' })).items).toHaveLength(2);
    expect(host.rung).toEqual([]);
    await host.send('jane', 160, { type: 'unheard' });
    await host.send('john', 160, { type: 'unheard' });
    expect(host.rung).toEqual(['later john']);
    expect(await host.firings()).toHaveLength(1);
  });

  it('REQ-94 fires for ignored events that are replayed, where the host asks for it', async () => {
    await start(PointRules);
    await host.send('jane', 150, { type: 'unheard' });
    await restart(LaterRules);
    await inbox().replay({ type: 'unheard' }, { fire: true });
    await host.drain();
    expect(host.rung).toEqual(['later jane']);
  });

  it('REQ-98 fires nothing again for an event that has fired it, however often it is replayed', async () => {
    await start(PointRules);
    const key = await keyOf(await host.send('jane', 150));
    for (const fire of [false, true]) {
      await inbox().replay(key, { fire });
      await host.drain();
      await host.rules.reset('hundred', 'jane');
      await inbox().replay(key, { fire });
      await host.drain();
    }
    expect(host.rung).toEqual(['jane 1']);
    expect(await host.firings()).toHaveLength(1);
    const jobs = (await host.app.get(QueueService).list()).items;
    expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(['completed']));
  });

  async function* asRead(states: readonly PrimedState[]): AsyncGenerator<PrimedState> {
    yield* states;
  }

  it('REQ-94 is primed with the subjects that meet its condition already', async () => {
    await start(PointRules);
    await host.send('jane', 150);
    const states: PrimedState[] = Array.from({ length: 600 }, (_, user) => ({
      subject: user,
      active: user % 2 === 0,
    }));
    const known = { subject: 'jane', active: false };
    const twice = { subject: 0, active: false };
    expect(await host.rules.prime('hundred', asRead([...states, known, twice]))).toBe(600);
    expect(await host.rules.prime('hundred', states)).toBe(0);
    await host.send('0', 150);
    await host.send('1', 150);
    await host.send('jane', 150);
    expect(host.rung).toEqual(['jane 1', '1 1']);
    await host.send('0', 50);
    await host.send('0', 150);
    expect(host.rung).toEqual(['jane 1', '1 1', '0 1']);
    const { items } = await host.rules.states({ rule: 'hundred', subject: '2' });
    expect(items).toMatchObject([{ active: true, firedAt: null, fireCount: 0 }]);
  });

  it('REQ-93 REQ-94 is primed for each tenant, not beside what holds for every tenant', async () => {
    await start(PointRules);
    const every = (subject: string): RuleStateEntity => ({
      rule: 'hundred',
      subject,
      tenant: '*',
      active: true,
      occurredAt: 1,
      firedAt: 1,
      fireCount: 1,
    });
    const reset = { rule: 'hundred', subject: 'reset', tenant: 'a', ...UNSEEN };
    await storeRows(host.dataSource, RuleStateEntity, [every('old'), every('reset'), reset]);
    const states = ['old', 'reset', 'new'].map((subject) => ({
      subject,
      tenant: 'a',
      active: true,
    }));
    expect(await host.rules.prime('hundred', states)).toBe(2);
    const told = async (subject: string) => host.rules.state('hundred', subject, { tenant: 'a' });
    expect(await told('old')).toMatchObject({ tenant: '*', fireCount: 1 });
    expect(await told('reset')).toMatchObject({ tenant: 'a', fireCount: 0, active: true });
    expect(await told('new')).toMatchObject({ tenant: 'a', fireCount: 0, active: true });
  });

  it('REQ-94 is primed as of an instant, which is never later than now', async () => {
    await start(PointRules);
    const now = host.clock.now();
    const states = [
      { subject: 'past', active: false, occurredAt: new Date(now - 5_000) },
      { subject: 'future', active: false, occurredAt: new Date(now + 60_000) },
    ];
    expect(await host.rules.prime('hundred', states)).toBe(2);
    expect(await host.rules.state('hundred', 'future')).toMatchObject({
      occurredAt: new Date(now),
    });
    await host.send('past', 150, { at: now - 6_000 });
    expect(host.rung).toEqual([]);
    await host.send('past', 150, { at: now - 4_000 });
    expect(host.rung).toEqual(['past 1']);
  });

  it.each<[string, unknown, RegExp]>([
    ['an object as subject', { subject: {}, active: true }, /state 1 has as subject an object/],
    ['no subject', { subject: '', active: true }, /state 1 has no subject/],
    ['U+0000', { subject: 'a\u0000', active: true }, /state 1 has as subject a text with U\+0000/],
    ['a long subject', { subject: 's'.repeat(256), active: true }, /a text of 256 characters/],
    ['no boolean', { subject: 1, active: 'yes' }, /an `active` that is no boolean/],
    ['a long tenant', { subject: 1, active: true, tenant: 't'.repeat(65) }, /of 65 characters/],
    ['a number as tenant', { subject: 1, active: true, tenant: 7 }, /a tenant that is no text/],
    ['no date', { subject: 1, active: true, occurredAt: 7 }, /`occurredAt` that is no valid Date/],
    ['null', null, /state 1 is no object/],
  ])('is not primed with %s', async (_, state, reason) => {
    await start(PointRules);
    const states = [{ subject: 'sound', active: true }, state as PrimedState];
    await expect(host.rules.prime('hundred', states)).rejects.toThrow(reason);
    await expect(host.rules.prime('hundred', states)).rejects.toThrow(/rule 'hundred'/);
    expect(await host.rules.state('hundred', 'sound')).toBeUndefined();
  });

  it('is not primed under a name that no rule has', async () => {
    await start(PointRules);
    const priming = host.rules.prime('unknown', [{ subject: 1, active: true }]);
    await expect(priming).rejects.toThrow(/Expected the name of a rule .* got 'unknown'/);
    await expect(priming).rejects.toThrow(RangeError);
  });
});
