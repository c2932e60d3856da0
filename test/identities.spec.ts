import { InboxService } from '../lib/inbox/inbox.service.js';
import { credential } from '../lib/signatures/schemes/credential.scheme.js';
import { github } from '../lib/signatures/providers/github/github.js';
import { microsoftGraph } from '../lib/signatures/providers/microsoft-graph/microsoft-graph.js';
import { plaid } from '../lib/signatures/providers/plaid/plaid.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { senderKeys } from '../lib/testing/sender-keys.js';
import { sampleRequest } from '../lib/testing/samples.js';
import { signedRequest } from '../lib/testing/signed-request.js';
import { ADAPTERS } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { SharedApp } from './support/shared.app.js';
import { SharedDatabase } from './support/shared.database.js';

const keys = senderKeys('plaid');
const graph = microsoftGraph({ clientState: 'state of the subscription' });
const guarded = github({ secret: 'secret of the repository', deduplicateByBody: true });
const JSON_TYPE = { 'content-type': 'application/json' };

const PLAID = {
  webhook_type: 'TRANSACTIONS',
  webhook_code: 'SYNC_UPDATES_AVAILABLE',
  item_id: 'item-1',
  initial_update_complete: true,
  historical_update_complete: true,
  environment: 'production',
};

describeOnDatabases('What identifies an event', (kind) => {
  const database = new SharedDatabase(kind);

  describe.each(ADAPTERS)('with %s', (adapter) => {
    const clock = new FakeClock();
    const app = new SharedApp({
      database,
      adapter,
      options: {
        clock,
        sources: {
          plaid: plaid(keys.options),
          graph,
          guarded,
          topics: unsigned({ type: { header: 'x-topic' } }),
          told: unsigned({ type: { path: 'type' }, distinctBy: { header: 'x-changed-at' } }),
          push: credential({ header: 'x-token', secret: 'token of the channel' }),
          numbers: unsigned({ id: { path: 'data.id' } }),
          items: unsigned({ items: 'events', id: { path: 'id' } }),
          own: {
            scheme: unsigned(),
            id: (_, payload) => (payload as { id: number }).id,
          },
        },
      },
    });

    const statusOf = async (
      source: string,
      body: string | Buffer,
      headers: Record<string, string> = JSON_TYPE,
    ): Promise<string> => {
      const answer = await app.post(`/webhooks/${source}`, body, headers);
      if (answer.status !== 200) return `${answer.status} ${answer.body}`;
      const { status } = JSON.parse(answer.body) as { status: string };
      return status === 'duplicate' ? 'duplicate' : 'new';
    };

    const ids = async (source: string): Promise<string[]> => {
      const events = (await app.app.get(InboxService).list({ source })).items;
      return events.map(({ id }) => id).toReversed();
    };

    it('F-15 takes the same bytes of Plaid, signed at another time, for another change', async () => {
      const at = (date: Date) =>
        sampleRequest('plaid', 'TRANSACTIONS.SYNC_UPDATES_AVAILABLE', {
          secret: keys.secret,
          payload: PLAID,
          at: date,
        });
      const first = at(clock.date);
      expect(await statusOf('plaid', first.body, first.headers)).toBe('new');
      expect(await statusOf('plaid', first.body, first.headers)).toBe('duplicate');
      clock.advance(60_000);
      const second = at(clock.date);
      expect(second.body).toEqual(first.body);
      expect(await statusOf('plaid', second.body, second.headers)).toBe('new');
    });

    it('F-15 takes each notification of Microsoft Graph that has no id for one of its own', async () => {
      const post = (notification: object) => {
        const { body, headers } = signedRequest(graph, { value: [notification] });
        return app.post('/webhooks/graph', body, headers);
      };
      const changed = { subscriptionId: 's', changeType: 'updated', resource: 'users/1' };
      for (let count = 0; count < 2; count++) expect((await post(changed)).status).toBe(200);
      for (let count = 0; count < 2; count++) {
        expect((await post({ ...changed, id: 'n-1' })).status).toBe(200);
      }
      const all = await ids('graph');
      expect(all).toHaveLength(3);
      expect(all).toContain('n-1');
    });

    it('F-15 has the type in the digest where a header says it', async () => {
      const post = (topic: string) =>
        statusOf('topics', '{"id":1}', { ...JSON_TYPE, 'x-topic': topic });
      expect([
        await post('order.created'),
        await post('order.deleted'),
        await post('order.created'),
      ]).toEqual(['new', 'new', 'duplicate']);
    });

    it('F-15 REQ-23 has no header in the digest where only the body is to count', async () => {
      const { body, headers } = signedRequest(guarded, { action: 'opened' });
      const post = (event: string) =>
        statusOf('guarded', body, { ...headers, 'x-github-event': event });
      expect([await post('issues'), await post('pull_request')]).toEqual(['new', 'duplicate']);
    });

    it('F-15 has in the digest what the source says tells changes apart', async () => {
      const post = (at: string) =>
        statusOf('told', '{"type":"changed"}', { ...JSON_TYPE, 'x-changed-at': at });
      expect([await post('10:00'), await post('10:01'), await post('10:00')]).toEqual([
        'new',
        'new',
        'duplicate',
      ]);
    });

    it('F-15 takes each request without a body for an event, where nothing has an id', async () => {
      const post = () =>
        statusOf('push', '', { 'content-type': 'text/plain', 'x-token': 'token of the channel' });
      expect([await post(), await post()]).toEqual(['new', 'new']);
    });

    it('F-18 keeps an id beyond 2^53 digit by digit, found by a path', async () => {
      for (const id of ['9007199254740993', '9007199254740992', '-12345678901234567891']) {
        expect(await statusOf('numbers', `{"data":{"id": ${id} }}`)).toBe('new');
        expect(await statusOf('numbers', `{"data":{"id": ${id} }}`)).toBe('duplicate');
      }
      expect(await ids('numbers')).toEqual([
        '9007199254740993',
        '9007199254740992',
        '-12345678901234567891',
      ]);
    });

    it('F-18 keeps it in the items of a body', async () => {
      const body = '{"events":[{"id":9007199254740993},{"id":9007199254740992}]}';
      expect((await app.post('/webhooks/items', body, JSON_TYPE)).status).toBe(200);
      expect((await ids('items')).toSorted()).toEqual(['9007199254740992', '9007199254740993']);
    });

    it("F-18 keeps it where the application's function gives the number", async () => {
      expect(await statusOf('own', '{"id":9007199254740993}')).toBe('new');
      expect(await statusOf('own', '{"id":9007199254740992}')).toBe('new');
      expect(await ids('own')).toEqual(['9007199254740993', '9007199254740992']);
      // Two integers that JavaScript reads as the same number: which one is meant cannot be known, so the
      // bytes decide.
      const both = '{"other":9007199254740992,"id":9007199254740993}';
      expect(await statusOf('own', both)).toBe('new');
      expect(await statusOf('own', both)).toBe('duplicate');
      expect((await ids('own')).at(-1)).toMatch(/^sha256:/);
    });
  });
});
