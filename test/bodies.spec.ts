import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { credential } from '../lib/signatures/schemes/credential.scheme.js';
import { gitea } from '../lib/signatures/providers/gitea/gitea.js';
import { github } from '../lib/signatures/providers/github/github.js';
import { mailgun } from '../lib/signatures/providers/mailgun/mailgun.js';
import { slack } from '../lib/signatures/providers/slack/slack.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { ADAPTERS } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { rawRequest } from './support/raw-request.js';
import { SharedApp } from './support/shared.app.js';
import { SharedDatabase } from './support/shared.database.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const SECONDS = String(NOW / 1_000);
const SECRET = 'sek';
const FORM = 'application/x-www-form-urlencoded';

@Injectable()
class Seen {
  readonly events: WebhookEvent[] = [];

  @OnWebhook('**')
  see(event: WebhookEvent): void {
    this.events.push(event);
  }
}

const hmacOf = (content: string | Buffer): string =>
  createHmac('sha256', SECRET).update(content).digest('hex');

describeOnDatabases('Bodies', (kind) => {
  const database = new SharedDatabase(kind);

  describe.each(ADAPTERS)('with %s', (adapter) => {
    const app = new SharedApp({
      database,
      adapter,
      options: {
        clock: new FakeClock(NOW),
        sources: {
          goog: credential({
            header: 'x-goog-channel-token',
            secret: 'tok-12345',
            id: { join: [{ header: 'x-goog-channel-id' }, { header: 'x-goog-message-number' }] },
            type: { header: 'x-goog-resource-state' },
          }),
          gh: github({ secret: SECRET }),
          gitea: gitea({ secret: SECRET }),
          chat: slack({ secret: SECRET }),
          mail: mailgun({ secret: SECRET }),
          open: unsigned({ type: { path: 'type' }, id: { path: 'id' } }),
          wrapped: {
            scheme: unsigned({ type: { path: 'type' }, id: { path: 'id' }, dataPath: 'data' }),
            jsonField: 'json',
          },
          many: unsigned({
            items: '',
            id: { path: 'id' },
            type: () => 'one',
            jsonField: 'events',
          }),
        },
      },
      host: { providers: [Seen] },
    });

    beforeEach(() => {
      seen().length = 0;
    });

    const seen = (): WebhookEvent[] => app.app.get(Seen).events;

    /** What the handler was given at first, which is the same when its event is read from the database. */
    const received = async (
      source: string,
      body: string | Buffer,
      headers: Record<string, string>,
    ): Promise<WebhookEvent> => {
      const answer = await app.post(`/webhooks/${source}`, body, headers);
      expect(answer).toMatchObject({ status: 200 });
      await app.drain();
      const [first] = seen();
      const inbox = app.app.get(InboxService);
      expect(await inbox.replay(first!.key)).toBe(1);
      await app.drain();
      expect(seen()[1]).toEqual(first);
      return first!;
    };

    it.each([
      ['application/json; utf-8', '1', 'sync'],
      ['application/json; charset=UTF-8', '2', 'exists'],
    ])('F-16 an empty body of the content type %s is an event', async (type, number, state) => {
      const event = await received('goog', '', {
        'content-type': type,
        'x-goog-channel-token': 'tok-12345',
        'x-goog-channel-id': 'ch-1',
        'x-goog-message-number': number,
        'x-goog-resource-state': state,
      });
      expect(event).toMatchObject({ id: `ch-1.${number}`, type: state, data: '' });
      expect(event.rawBody).toHaveLength(0);
    });

    it.each([' ', '{', 'x'])('F-16 %j is no JSON, and still refused', async (body) => {
      const headers = { 'content-type': 'application/json' };
      expect((await app.post('/webhooks/open', body, headers)).status).toBe(400);
    });

    const issue = { action: 'opened', issue: { number: 7, title: 'Ärger & Co' } };
    const wrapped = `payload=${encodeURIComponent(JSON.stringify(issue))}`;

    it('F-16 GitHub may wrap its JSON in a form', async () => {
      const event = await received('gh', wrapped, {
        'content-type': FORM,
        'x-github-event': 'issues',
        'x-github-delivery': 'd-1',
        'x-hub-signature-256': `sha256=${hmacOf(wrapped)}`,
      });
      expect(event).toMatchObject({ id: 'd-1', type: 'issues.opened', data: issue });
      expect(event.rawBody.toString()).toBe(wrapped);
    });

    it('F-16 Gitea and Forgejo may, too', async () => {
      const event = await received('gitea', wrapped, {
        'content-type': FORM,
        'x-forgejo-event': 'issues',
        'x-forgejo-delivery': 'd-2',
        'x-forgejo-signature': hmacOf(wrapped),
      });
      expect(event).toMatchObject({ id: 'd-2', type: 'issues.opened', data: issue });
    });

    it('F-16 F-18 an id beyond 2^53 is kept digit by digit, also in a form', async () => {
      const json = '{"id":12345678901234567891,"type":"made","data":1}';
      const event = await received('wrapped', `json=${encodeURIComponent(json)}`, {
        'content-type': FORM,
      });
      expect(event.id).toBe('12345678901234567891');
    });

    it("F-16 a Slack interaction's data is the JSON in its form", async () => {
      const interaction = { type: 'block_actions', actions: [{ value: 'ä' }] };
      const body = `payload=${encodeURIComponent(JSON.stringify(interaction))}`;
      const event = await received('chat', body, {
        'content-type': FORM,
        'x-slack-request-timestamp': SECONDS,
        'x-slack-signature': `v0=${hmacOf(`v0:${SECONDS}:${body}`)}`,
      });
      expect(event).toMatchObject({ type: 'block_actions', data: interaction });
    });

    it('F-16 any source may say which field its JSON is in', async () => {
      const json = JSON.stringify({ id: 'w-1', type: 'made', data: { a: [1] } });
      const event = await received('wrapped', `x=1&json=${encodeURIComponent(json)}`, {
        'content-type': FORM,
      });
      expect(event).toMatchObject({ id: 'w-1', type: 'made', data: { a: [1] } });
    });

    it('F-16 several events may come in one field', async () => {
      const items = [{ id: 'm-1', n: 1.5 }, { id: 'm-2' }];
      const body = `events=${encodeURIComponent(JSON.stringify(items))}`;
      await app.post('/webhooks/many', body, { 'content-type': FORM });
      await app.drain();
      const found = seen().toSorted((a, b) => (a.id < b.id ? -1 : 1));
      expect(found).toMatchObject([
        { id: 'm-1', data: items[0] },
        { id: 'm-2', data: items[1] },
      ]);
      const inbox = app.app.get(InboxService);
      expect((await inbox.read(found[1]!.key))?.data).toEqual(items[1]);
    });

    const multipart = (...parts: readonly (readonly [string, string | Buffer])[]): Buffer =>
      Buffer.concat([
        ...parts.flatMap(([headers, content]) => [
          Buffer.from(`--x\r\nContent-Disposition: form-data; ${headers}\r\n\r\n`),
          Buffer.from(content),
          Buffer.from('\r\n'),
        ]),
        Buffer.from('--x--\r\n'),
      ]);
    const PARTS = 'multipart/form-data; boundary=x';

    it('F-16 a multipart form is read, with its files', async () => {
      const bytes = Buffer.from([0, 0xff, 10]);
      const body = multipart(
        ['name="type"', 'uploaded'],
        ['name="id"', 'p-1'],
        ['name="f"; filename="ä.bin"\r\nContent-Type: application/x', bytes],
      );
      const event = await received('open', body, { 'content-type': PARTS });
      expect(event).toMatchObject({
        id: 'p-1',
        type: 'uploaded',
        data: { f: { name: 'ä.bin', type: 'application/x', size: 3, bytes } },
      });
      expect(event.rawBody.equals(body)).toBe(true);
    });

    it('F-16 a multipart form may hold JSON in a field', async () => {
      const json = JSON.stringify({ id: 'w-2', type: 'made', data: 'ä' });
      const body = multipart(['name="json"', json], ['name="f"; filename="x"', 'y']);
      const event = await received('wrapped', body, { 'content-type': PARTS });
      expect(event).toMatchObject({ id: 'w-2', type: 'made', data: 'ä' });
    });

    it('F-16 a signature may be in a field of a multipart form', async () => {
      const token = 'a'.repeat(50);
      const fields = [
        ['name="timestamp"', SECONDS],
        ['name="token"', token],
        ['name="subject"', 'Grüße'],
        ['name="attachment-1"; filename="a.txt"', 'hi'],
      ] as const;
      const headers = { 'content-type': PARTS };
      const sign = (text: string) => multipart(...fields, ['name="signature"', text]);
      const event = await received('mail', sign(hmacOf(`${SECONDS}${token}`)), headers);
      expect(event).toMatchObject({ id: token, type: 'inbound', data: { subject: 'Grüße' } });
      expect((await app.post('/webhooks/mail', sign(hmacOf('other')), headers)).status).toBe(401);
      expect((await app.post('/webhooks/mail', multipart(...fields), headers)).status).toBe(401);
    });

    it('F-16 a charset that the platform knows is honoured', async () => {
      const event = await received('open', Buffer.from('{"id":"c-1","type":"ä"}', 'latin1'), {
        'content-type': 'application/json; charset=ISO-8859-1',
      });
      expect(event).toMatchObject({ id: 'c-1', type: 'ä', data: { type: 'ä' } });
    });

    it('F-16 a charset that the platform does not know is answered 415, once the signature is right', async () => {
      const headers = { 'content-type': 'application/json; charset=klingon' };
      expect((await app.post('/webhooks/open', '{}', headers)).status).toBe(415);
      expect((await app.post('/webhooks/gh', '{}', headers)).status).toBe(401);
    });

    it.each(['UTF-8', 'utf8', 'identity', '', 'identity, utf-8', 'amz-1.0'])(
      'F-16 the content encoding %j is none',
      async (encoding) => {
        const answer = await app.post(
          '/webhooks/open',
          JSON.stringify({ id: `e-${encoding}`, type: 't' }),
          { 'content-type': 'application/json', 'content-encoding': encoding },
        );
        expect(answer).toMatchObject({ status: 200 });
      },
    );

    it('F-16 a harmless content encoding may stand beside a real one', async () => {
      const answer = await app.post('/webhooks/open', gzipSync('{"id":"z","type":"t"}'), {
        'content-type': 'application/json',
        'content-encoding': 'utf-8, gzip',
      });
      expect(answer).toMatchObject({ status: 200 });
    });

    it('F-16 the target may be in its absolute form', async () => {
      const { hostname, port } = new URL(app.url);
      const answer = await rawRequest(Number(port), hostname, [
        'POST http://example.com/webhooks/open?a=1 HTTP/1.1',
        'Host: example.com',
        'Content-Type: application/json',
        'Content-Length: 23',
        'Connection: close',
        '',
        '{"id":"abs","type":"t"}',
      ]);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer).toContain('"status":"accepted","id":"abs"');
    });
  });
});
