import { createHmac } from 'node:crypto';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { ADAPTERS, type Answer } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { GAME_SECRET, sign } from './support/game.js';
import {
  expectRefusal,
  FILES_SECRET,
  NOW,
  NOW_SECONDS,
  points,
  ReceivingApp,
} from './support/receiving.app.js';
import { SharedDatabase } from './support/shared.database.js';

describeOnDatabases('Receiving', (kind) => {
  const database = new SharedDatabase(kind);

  describe.each(ADAPTERS)('with %s', (adapter) => {
    const app = new ReceivingApp(database, adapter);

    it('answers 200 to a signed webhook, stores its bytes and gives it to its handler', async () => {
      const { body, headers } = points({ id: 'msg_first' });
      const answer = await app.post('/webhooks/game', body, headers);
      expect(answer).toMatchObject({ status: 200 });
      expect(JSON.parse(answer.body)).toMatchObject({ status: 'accepted' });
      await app.drain();
      expect(app.seen()).toMatchObject([
        {
          id: 'msg_first',
          source: 'game',
          type: 'points.updated',
          data: { userId: 123, points: 150 },
        },
      ]);
      const [stored] = (await app.app.get(InboxService).list({ source: 'game', id: 'msg_first' }))
        .items;
      expect(stored).toMatchObject({ status: 'accepted' });
      expect(
        (await app.app.get(InboxService).read(stored!.key))?.rawBody.equals(Buffer.from(body)),
      ).toBe(true);
    });

    it('REQ-41 keeps query parameters out of the payload', async () => {
      const { body, headers } = points({ id: 'msg_query' });
      expect((await app.post('/webhooks/game?points=999&admin=1', body, headers)).status).toBe(200);
      await app.drain();
      expect(app.seen()).toMatchObject([{ data: { userId: 123, points: 150 } }]);
      expect(Object.keys(app.seen()[0]!.data)).toEqual(['userId', 'points']);
    });

    it('REQ-47 gives the instants back that it was given', async () => {
      const { body, headers } = points({ id: 'msg_instant', occurredAt: new Date(NOW - 1_234) });
      await app.post('/webhooks/game', body, headers);
      const [stored] = (await app.app.get(InboxService).list({ id: 'msg_instant' })).items;
      expect(await app.app.get(InboxService).read(stored!.key)).toMatchObject({
        occurredAt: new Date(NOW - 1_234),
        receivedAt: new Date(NOW),
      });
    });

    it('answers a duplicate 200 and makes no second job', async () => {
      const { body, headers } = points({ id: 'msg_twice' });
      await app.post('/webhooks/game', body, headers);
      const [eventsBefore, jobsBefore] = [(await app.events()).length, await app.jobs()];
      const again = await Promise.all(
        Array.from({ length: 5 }, () => app.post('/webhooks/game', body, headers)),
      );
      for (const answer of again) {
        expect(answer.status).toBe(200);
        expect(JSON.parse(answer.body)).toMatchObject({ status: 'duplicate' });
      }
      expect([(await app.events()).length, await app.jobs()]).toEqual([eventsBefore, jobsBefore]);
      await app.drain();
      expect(app.seen()).toHaveLength(1);
    });

    it('REQ-29 stores one of many copies that come at once', async () => {
      const { body, headers } = points({ id: 'msg_at_once' });
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => app.post('/webhooks/game', body, headers)),
      );
      const outcomes = answers.map(
        (answer) => (JSON.parse(answer.body) as { status: string }).status,
      );
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(19);
      await app.drain();
      expect(app.seen()).toHaveLength(1);
    });

    it('stores an event that nobody wants as ignored, and warns of its type once', async () => {
      for (let time = 0; time < 2; time++) {
        const { body, headers } = sign('{"type":"points.exploded","data":{}}', {
          timestamp: NOW_SECONDS,
        });
        const answer = await app.post('/webhooks/game', body, headers);
        expect(answer.status).toBe(200);
        expect(JSON.parse(answer.body)).toMatchObject({ status: 'ignored' });
      }
      expect(
        (await app.app.get(InboxService).list({ type: 'points.exploded' })).items,
      ).toMatchObject([{ status: 'ignored' }, { status: 'ignored' }]);
      expect(app.logger.of('warn')).toEqual([expect.stringContaining("'points.exploded'")]);
    });

    it("gives a handler its schema's output", async () => {
      await app.post('/webhooks/strict', '{"userId":7}', { 'content-type': 'application/json' });
      await app.drain();
      expect(app.seen()).toMatchObject([{ data: { userId: 7, tags: [] } }]);
    });

    it('stores what fails the schema of a source that keeps such events', async () => {
      const answer = await app.post('/webhooks/keeping', '{"userId":"x"}', {
        'content-type': 'application/json',
      });
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({ status: 'rejected' });
      expect((await app.app.get(InboxService).list({ source: 'keeping' })).items).toMatchObject([
        { status: 'rejected', reason: expect.stringContaining('userId') as unknown },
      ]);
    });

    it('takes a digest of source and bytes for the id where a sender gives none', async () => {
      const first = await app.post('/webhooks/strict', '{"userId":1}', {
        'content-type': 'application/json',
      });
      const second = await app.post('/webhooks/strict', '{"userId":1}', {
        'content-type': 'application/json',
      });
      const third = await app.post('/webhooks/strict', '{"userId":2}', {
        'content-type': 'application/json',
      });
      expect(
        [first, second, third].map(({ body }) => (JSON.parse(body) as { status: string }).status),
      ).toEqual(['accepted', 'duplicate', 'accepted']);
    });

    it('REQ-32 stores every delivery where nothing tells them apart', async () => {
      const body = '{"list_folder":{"accounts":["dbid:1"]}}';
      const signature = createHmac('sha256', FILES_SECRET).update(body).digest('hex');
      const post = (): Promise<Answer> =>
        app.post('/webhooks/files', body, { 'x-dropbox-signature': signature });
      const answers = [...(await Promise.all([post(), post(), post()])), await post()];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const stored = (await app.app.get(InboxService).list({ source: 'files' })).items;
      expect(new Set(stored.map(({ id }) => id)).size).toBe(4);
    });

    it('REQ-27 refuses an id that is too long with 400 and takes the longest', async () => {
      const longest = points({ id: 'i'.repeat(255) });
      expect((await app.post('/webhooks/game', longest.body, longest.headers)).status).toBe(200);
      const longer = points({ id: 'i'.repeat(256) });
      await expectRefusal(
        app,
        400,
        () => app.post('/webhooks/game', longer.body, longer.headers),
        /game.*id/,
      );
    });

    it('REQ-43 logs no secret, signature or payload', async () => {
      const { body, headers } = points();
      await app.post('/webhooks/game', body, headers);
      await app.post('/webhooks/game', 'SECRET-PAYLOAD', headers);
      await app.drain();
      for (const secret of [GAME_SECRET, headers['webhook-signature']!, 'SECRET-PAYLOAD', '150']) {
        expect(app.logger.text).not.toContain(secret);
      }
    });
  });
});
