import { gzipSync } from 'node:zlib';
import { ADAPTERS } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { sign } from './support/game.js';
import { expectRefusal, NOW_SECONDS, points, ReceivingApp } from './support/receiving.app.js';
import { SharedDatabase } from './support/shared.database.js';

describeOnDatabases('Refusing', (kind) => {
  const database = new SharedDatabase(kind);

  describe.each(ADAPTERS)('with %s', (adapter) => {
    const app = new ReceivingApp(database, adapter);

    it('refuses a forged body with 401', async () => {
      const { body, headers } = points();
      await expectRefusal(
        app,
        401,
        () => app.post('/webhooks/game', `${body.toString()} `, headers),
        /game.*signature-mismatch/,
      );
    });

    it('REQ-2 refuses a missing and an empty signature as it refuses a wrong one', async () => {
      const { body, headers } = points();
      const wrong = await expectRefusal(
        app,
        401,
        () => app.post('/webhooks/game', `${body.toString()} `, headers),
        /game/,
      );
      for (const signature of [undefined, '', '   ']) {
        app.clearLog();
        const { 'webhook-signature': _, ...rest } = headers;
        const sent = signature === undefined ? rest : { ...rest, 'webhook-signature': signature };
        const answer = await expectRefusal(
          app,
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
      await expectRefusal(app, 401, () => at(-301), /game.*timestamp-too-old/);
      app.clearLog();
      await expectRefusal(app, 401, () => at(301), /game.*timestamp-too-new/);
    });

    it('refuses an unknown source with 404, whatever it is named', async () => {
      for (const name of ['nobody', 'constructor', '__proto__', 'toString']) {
        app.clearLog();
        const { body, headers } = points();
        await expectRefusal(
          app,
          404,
          () => app.post(`/webhooks/${name}`, body, headers),
          /no such source/,
        );
      }
    });

    it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('refuses %s with 405', async (method) => {
      const answer = await expectRefusal(
        app,
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
        app,
        413,
        () => app.post('/webhooks/small', large.body, large.headers),
        /small.*limit/i,
      );
      const huge = sign(Buffer.alloc(1_048_577, 120), { timestamp: NOW_SECONDS });
      app.clearLog();
      await expectRefusal(
        app,
        413,
        () => app.post('/webhooks/game', huge.body, huge.headers),
        /game.*limit/i,
      );
    });

    it('refuses a compressed body that inflates over the limit with 413', async () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      const { headers } = sign(bomb, { timestamp: NOW_SECONDS });
      await expectRefusal(
        app,
        413,
        () => app.post('/webhooks/game', bomb, { ...headers, 'content-encoding': 'gzip' }),
        /game.*limit/i,
      );
    });

    it('refuses a malformed body with 400, after its signature', async () => {
      const { body, headers } = sign('{"type":"points.updated"', { timestamp: NOW_SECONDS });
      await expectRefusal(
        app,
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
          app,
          401,
          () => app.post('/webhooks/game', body, headers),
          /game.*signature-mismatch/,
        );
      },
    );

    it('answers 422 with the paths where a payload fails the schema of a handler', async () => {
      const answer = await expectRefusal(
        app,
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
  });
});
