import { gzipSync } from 'node:zlib';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { ADAPTERS } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { sign } from './support/game.js';
import { expectRefusal, NOW_SECONDS, points, ReceivingApp } from './support/receiving.app.js';
import { SharedDatabase } from './support/shared.database.js';

describeOnDatabases('The bytes of a webhook', (kind) => {
  const database = new SharedDatabase(kind);

  describe.each(ADAPTERS)('with %s', (adapter) => {
    const app = new ReceivingApp(database, adapter);

    it('verifies the inflated bytes of a compressed body', async () => {
      const { body, headers } = points();
      const answer = await app.post('/webhooks/game', gzipSync(body), {
        ...headers,
        'content-encoding': 'gzip',
      });
      expect(answer.status).toBe(200);
    });

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

    it('REQ-40 keeps a header of bytes that are no UTF-8', async () => {
      const { body, headers } = points({ id: 'msg_header' });
      const sent = { ...headers, 'x-note': 'caf\u00e9 \u00ff' };
      expect((await app.post('/webhooks/game', body, sent)).status).toBe(200);
      const stored = (await app.events()).find(({ id }) => id === 'msg_header');
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
      const stored = (await app.events()).find(({ id }) => id === whole.headers['webhook-id']);
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
        app,
        413,
        () => app.post('/webhooks/game', tooLarge.body, tooLarge.headers),
        /game.*limit/i,
      );
    });
  });
});
