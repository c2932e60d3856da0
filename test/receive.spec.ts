import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { EventEntity } from '../lib/inbox/event.entity.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { LogListener } from '../lib/telemetry/log.listener.js';
import { dropbox } from '../lib/signatures/providers/dropbox/dropbox.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { ADAPTERS, startApp, type Answer, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { GAME_SECRET, pointsUpdated, sign, type Points } from './support/game.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const NOW_SECONDS = NOW / 1000;
const FILES_SECRET = 'secret of the files';

@Injectable()
class GamePoints {
  readonly seen: WebhookEvent<Points>[] = [];

  @OnWebhook('points.updated', { source: 'game' })
  save(event: WebhookEvent<Points>): void {
    this.seen.push(event);
  }

  @OnWebhook('**', {
    source: 'strict',
    schema: z.object({ userId: z.number(), tags: z.array(z.string()).default([]) }),
  })
  strict(event: WebhookEvent<{ userId: number; tags: string[] }>): void {
    this.seen.push(event as unknown as WebhookEvent<Points>);
  }
}

describeOnDatabases('Receiving', (kind) => {
  describe.each(ADAPTERS)('with %s', (adapter) => {
    let database: TestDatabase;
    let clock: FakeClock;
    let app: TestApp;

    beforeAll(async () => {
      database = await kind.create();
      clock = new FakeClock(NOW);
      const schema = z.object({ userId: z.number() });
      app = await startApp({
        database,
        adapter,
        options: {
          clock,
          sources: {
            game: { scheme: standardWebhooks({ secret: GAME_SECRET }), storeHeaders: ['x-note'] },
            strict: unsigned({ type: { path: 'type' } }),
            // It gives no id: the next change has the same body.
            files: dropbox({ secret: FILES_SECRET }),
            keeping: { scheme: unsigned(), schema, onInvalidPayload: 'store' },
            small: { scheme: standardWebhooks({ secret: GAME_SECRET }), bodyLimitBytes: 100 },
          },
        },
        host: { providers: [GamePoints] },
      });
    });

    afterAll(async () => {
      await app.close();
      await database.drop();
    });

    beforeEach(() => {
      app.app.get(GamePoints).seen.length = 0;
      // The clock stands still, and the log would sum up the refusals of all tests.
      app.app.get(LogListener, { strict: false }).onApplicationShutdown();
      app.logger.clear();
    });

    const events = (): Promise<EventEntity[]> => app.dataSource().getRepository(EventEntity).find();
    const jobs = (): Promise<number> => app.dataSource().getRepository(JobEntity).count();
    const points = (options = {}) =>
      pointsUpdated({ userId: 123, points: 150 }, { timestamp: NOW_SECONDS, ...options });

    /** Posts, and makes sure that nothing was stored and that one line says why. */
    const expectRefusal = async (
      status: number,
      post: () => Promise<Answer>,
      line: RegExp,
    ): Promise<Answer> => {
      const before = [(await events()).length, await jobs()];
      const answer = await post();
      expect(answer.status).toBe(status);
      expect(answer.body).toMatch(/^\{[^\n]*\}$|^$/);
      expect(answer.body).not.toMatch(/at .*\.(js|ts)/);
      expect([(await events()).length, await jobs()]).toEqual(before);
      expect(app.logger.of('warn')).toEqual([expect.stringMatching(line)]);
      expect(app.logger.of('error')).toEqual([]);
      return answer;
    };

    it('answers 200 to a signed webhook, stores its bytes and gives it to its handler', async () => {
      const { body, headers } = points({ id: 'msg_first' });
      const answer = await app.post('/webhooks/game', body, headers);
      expect(answer).toMatchObject({ status: 200 });
      expect(JSON.parse(answer.body)).toMatchObject({ status: 'accepted' });
      await app.drain();
      expect(app.app.get(GamePoints).seen).toMatchObject([
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
      expect(app.app.get(GamePoints).seen).toMatchObject([{ data: { userId: 123, points: 150 } }]);
      expect(Object.keys(app.app.get(GamePoints).seen[0]!.data)).toEqual(['userId', 'points']);
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
      const [eventsBefore, jobsBefore] = [(await events()).length, await jobs()];
      const again = await Promise.all(
        Array.from({ length: 5 }, () => app.post('/webhooks/game', body, headers)),
      );
      for (const answer of again) {
        expect(answer.status).toBe(200);
        expect(JSON.parse(answer.body)).toMatchObject({ status: 'duplicate' });
      }
      expect([(await events()).length, await jobs()]).toEqual([eventsBefore, jobsBefore]);
      await app.drain();
      expect(app.app.get(GamePoints).seen).toHaveLength(1);
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
      expect(app.app.get(GamePoints).seen).toHaveLength(1);
    });

    it('refuses a forged body with 401', async () => {
      const { body, headers } = points();
      await expectRefusal(
        401,
        () => app.post('/webhooks/game', `${body.toString()} `, headers),
        /game.*signature-mismatch/,
      );
    });

    it('REQ-2 refuses a missing and an empty signature as it refuses a wrong one', async () => {
      const { body, headers } = points();
      const wrong = await expectRefusal(
        401,
        () => app.post('/webhooks/game', `${body.toString()} `, headers),
        /game/,
      );
      for (const signature of [undefined, '', '   ']) {
        app.logger.clear();
        const { 'webhook-signature': _, ...rest } = headers;
        const sent = signature === undefined ? rest : { ...rest, 'webhook-signature': signature };
        const answer = await expectRefusal(
          401,
          () => app.post('/webhooks/game', body, sent),
          /game.*missing-signature/,
        );
        expect(answer.body).toBe(wrong.body);
      }
    });

    it('REQ-11 judges the timestamp before, at and after its tolerance, in both directions', async () => {
      const at = (offset: number) => {
        const { body, headers } = points({ timestamp: NOW_SECONDS + offset });
        return app.post('/webhooks/game', body, headers);
      };
      expect((await at(-300)).status).toBe(200);
      expect((await at(300)).status).toBe(200);
      await expectRefusal(401, () => at(-301), /game.*timestamp-too-old/);
      app.logger.clear();
      await expectRefusal(401, () => at(301), /game.*timestamp-too-new/);
    });

    it('refuses an unknown source with 404, whatever it is named', async () => {
      for (const name of ['nobody', 'constructor', '__proto__', 'toString']) {
        app.logger.clear();
        const { body, headers } = points();
        await expectRefusal(
          404,
          () => app.post(`/webhooks/${name}`, body, headers),
          /no such source/,
        );
      }
    });

    it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('refuses %s with 405', async (method) => {
      const answer = await expectRefusal(
        405,
        () => app.request('/webhooks/game', { method }),
        /game.*method/i,
      );
      expect(answer.headers.get('allow')).toBe('POST');
    });

    it('REQ-38 refuses a body over the limit of its source with 413', async () => {
      const large = sign(JSON.stringify({ type: 'points.updated', data: 'x'.repeat(200) }), {
        timestamp: NOW_SECONDS,
      });
      await expectRefusal(
        413,
        () => app.post('/webhooks/small', large.body, large.headers),
        /small.*limit/i,
      );
      const huge = sign(Buffer.alloc(1_048_577, 120), { timestamp: NOW_SECONDS });
      app.logger.clear();
      await expectRefusal(
        413,
        () => app.post('/webhooks/game', huge.body, huge.headers),
        /game.*limit/i,
      );
    });

    it('refuses a compressed body that inflates over the limit with 413', async () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      const { headers } = sign(bomb, { timestamp: NOW_SECONDS });
      await expectRefusal(
        413,
        () => app.post('/webhooks/game', bomb, { ...headers, 'content-encoding': 'gzip' }),
        /game.*limit/i,
      );
    });

    it('verifies the inflated bytes of a compressed body', async () => {
      const { body, headers } = points();
      const answer = await app.post('/webhooks/game', gzipSync(body), {
        ...headers,
        'content-encoding': 'gzip',
      });
      expect(answer.status).toBe(200);
    });

    it('refuses a malformed body with 400, after its signature', async () => {
      const { body, headers } = sign('{"type":"points.updated"', { timestamp: NOW_SECONDS });
      await expectRefusal(
        400,
        () => app.post('/webhooks/game', body, headers),
        /game.*malformed|game.*JSON/i,
      );
    });

    it.each(['1', 'null', '[]', '{broken'])(
      'REQ-5 answers the body %s with a bad signature 401',
      async (body) => {
        const { headers } = points();
        await expectRefusal(
          401,
          () => app.post('/webhooks/game', body, headers),
          /game.*signature-mismatch/,
        );
      },
    );

    it.each([
      ['unicode escapes', '{"type":"points.updated","data":{"a":"\\u00e9\\ud83d\\ude00"}}'],
      ['number forms', '{"type":"points.updated","data":{"a":1.0,"b":1e2,"c":-0}}'],
      [
        'key order and duplicate keys',
        '{"type":"points.updated","b":1,"a":2,"b":3,"data":{"userId":1}}',
      ],
      ['white space and CRLF', '{\r\n "type" : "points.updated",\t"data" : {}\r\n}\r\n'],
      ['a byte order mark', '\ufeff{"type":"points.updated","data":{}}'],
      ['line separators', '{"type":"points.updated","data":{"a":"\u2028\u2029"}}'],
      ['replacement patterns', '{"type":"points.updated","data":{"a":"$& $$ $` $\'"}}'],
      ['a NUL escape', '{"type":"points.updated","data":{"a":"\\u0000"}}'],
    ])('REQ-7 REQ-37 REQ-42 verifies and stores the bytes that were sent: %s', async (_, text) => {
      const { body, headers } = sign(text, { timestamp: NOW_SECONDS });
      const answer = await app.post('/webhooks/game', body, headers);
      expect(answer.status).toBe(200);
      const [stored] = (
        await app.app.get(InboxService).list({ source: 'game', id: headers['webhook-id']! })
      ).items;
      const event = await app.app.get(InboxService).read(stored!.key);
      expect(event?.rawBody.equals(Buffer.from(text))).toBe(true);
    });

    it.each([
      [
        'invalid UTF-8 and NUL bytes',
        Buffer.from([0x7b, 0xff, 0x00, 0xfe]),
        'application/octet-stream',
      ],
      ['a form', Buffer.from('id=tr_1&x=%20'), 'application/x-www-form-urlencoded'],
      ['plain text', Buffer.from('hello'), 'text/plain'],
      ['no content type', Buffer.from('hello'), null],
      ['nothing at all', Buffer.alloc(0), null],
    ])('REQ-39 REQ-40 takes %s', async (_, bytes, contentType) => {
      const { body, headers } = sign(bytes, { timestamp: NOW_SECONDS, contentType });
      const answer = await app.post('/webhooks/game', body, headers);
      expect(answer.status).toBe(200);
      const [stored] = (
        await app.app.get(InboxService).list({ source: 'game', id: headers['webhook-id']! })
      ).items;
      expect((await app.app.get(InboxService).read(stored!.key))?.rawBody.equals(bytes)).toBe(true);
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

    it('answers 422 with the paths where a payload fails the schema of a handler', async () => {
      const answer = await expectRefusal(
        422,
        () =>
          app.post('/webhooks/strict', '{"userId":"x"}', { 'content-type': 'application/json' }),
        /strict.*schema/,
      );
      expect(JSON.parse(answer.body)).toMatchObject({
        statusCode: 422,
        issues: [{ path: 'userId' }],
      });
    });

    it("gives a handler its schema's output", async () => {
      await app.post('/webhooks/strict', '{"userId":7}', { 'content-type': 'application/json' });
      await app.drain();
      expect(app.app.get(GamePoints).seen).toMatchObject([{ data: { userId: 7, tags: [] } }]);
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

    it('REQ-40 keeps a header of bytes that are no UTF-8', async () => {
      const { body, headers } = points({ id: 'msg_header' });
      const sent = { ...headers, 'x-note': 'caf\u00e9 \u00ff' };
      expect((await app.post('/webhooks/game', body, sent)).status).toBe(200);
      const stored = (await events()).find(({ id }) => id === 'msg_header');
      expect(JSON.parse(stored!.headers)).toEqual({ 'x-note': 'caf\u00e9 \u00ff' });
    });

    it('REQ-48 takes the files of a form up to the limit of its source, and once', async () => {
      const form = (file: Buffer): Buffer =>
        Buffer.concat([
          Buffer.from(
            '--x\r\ncontent-disposition: form-data; name="attachment"; filename="a.bin"\r\n' +
              'content-type: application/octet-stream\r\n\r\n',
          ),
          file,
          Buffer.from('\r\n--x--\r\n'),
        ]);
      const signed = (bytes: Buffer) =>
        sign(bytes, { timestamp: NOW_SECONDS, contentType: 'multipart/form-data; boundary=x' });
      const whole = signed(form(Buffer.alloc(500_000, 0xfe)));
      expect((await app.post('/webhooks/game', whole.body, whole.headers)).status).toBe(200);
      const stored = (await events()).find(({ id }) => id === whole.headers['webhook-id']);
      // The bytes as they came, and no second copy of the file in a parsed form.
      expect(
        Buffer.from(stored!.body, stored!.bodyEncoding as BufferEncoding).equals(
          whole.body as Buffer,
        ),
      ).toBe(true);
      const { body, ...others } = stored!;
      expect(body.length).toBeLessThan(500_000 * 1.34 + 1_000);
      expect(JSON.stringify(others).length).toBeLessThan(1_000);

      const tooLarge = signed(form(Buffer.alloc(1_048_576, 0xfe)));
      await expectRefusal(
        413,
        () => app.post('/webhooks/game', tooLarge.body, tooLarge.headers),
        /game.*limit/i,
      );
    });

    it('REQ-27 refuses an id that is too long with 400 and takes the longest', async () => {
      const longest = points({ id: 'i'.repeat(255) });
      expect((await app.post('/webhooks/game', longest.body, longest.headers)).status).toBe(200);
      const longer = points({ id: 'i'.repeat(256) });
      await expectRefusal(
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
