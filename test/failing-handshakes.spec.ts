import { QueryFailedError } from 'typeorm';
import { emptyAnswer } from '../lib/signatures/handshake/handshake-answer.js';
import type { HandshakeAnswer, SignatureScheme } from '../lib/signatures/signature-scheme.js';
import { ADAPTERS } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { HandshakeApp, scheme } from './support/handshake.app.js';
import { SharedDatabase } from './support/shared.database.js';
import { Signal } from './support/signal.js';

/** Has to fetch something, which takes as long as the test wants. */
class Fetching implements SignatureScheme {
  readonly name = 'fetching';
  readonly asked = new Signal<'asked'>();
  settle: (answer: HandshakeAnswer | undefined) => void = () => undefined;
  fail: (error: unknown) => void = () => undefined;

  verify(): { ok: true; keyIndex: number } {
    return { ok: true, keyIndex: 0 };
  }

  handshake(): Promise<HandshakeAnswer | undefined> {
    return new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
      this.asked.push('asked');
    });
  }
}

describeOnDatabases('Handshakes that take long or fail', (kind) => {
  const database = new SharedDatabase(kind);

  describe.each(ADAPTERS)('with %s', (adapter) => {
    const fetching = new Fetching();
    const app = new HandshakeApp(database, adapter, {
      fetching,
      broken: scheme('broken', {
        methods: ['GET'],
        unsigned: () => ({ status: 200, headers: { 'x-bad': 'a\r\nb' }, body: '' }),
      }),
    });

    it('waits for a handshake that has to fetch something', async () => {
      const answering = app.post('/webhooks/fetching', '{}');
      await fetching.asked.next();
      fetching.settle(emptyAnswer(204));
      expect(await answering).toMatchObject({ status: 204, body: '' });
    });

    it('REQ-21 answers 503 where that fails', async () => {
      const answering = app.post('/webhooks/fetching', '{}');
      await fetching.asked.next();
      fetching.fail(new Error('the other side is away'));
      const answer = await answering;
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('10');
      expect(app.logger.of('warn')).toEqual([
        "Refused a request to source 'fetching' with 503: the handshake failed: Error: the other side is away",
      ]);
    });

    it('logs no value that a database error names', async () => {
      const answering = app.post('/webhooks/fetching', '{}');
      await fetching.asked.next();
      const thrown = Object.assign(new Error("Duplicate entry 'the-new-secret'"), {
        detail: 'Key (secret)=(the-new-secret) already exists.',
      });
      fetching.fail(new QueryFailedError('INSERT INTO secret', ['the-new-secret'], thrown));
      expect((await answering).status).toBe(503);
      expect(app.logger.of('warn')).toEqual([
        "Refused a request to source 'fetching' with 503: the handshake failed: a QueryFailedError was thrown",
      ]);
      expect(app.logger.text).not.toContain('the-new-secret');
    });

    it('REQ-21 answers 503 where that takes too long', async () => {
      const answering = app.post('/webhooks/fetching', '{}');
      await fetching.asked.next();
      app.clock.advance(3_000);
      const answer = await answering;
      expect(answer.status).toBe(503);
      fetching.fail(new Error('too late to matter'));
      expect(app.logger.of('warn')).toEqual([expect.stringContaining('longer than 3000 ms')]);
    });

    it('answers 500 without a trace where a scheme gives what no answer can be', async () => {
      const answer = await app.request('/webhooks/broken', { method: 'GET' });
      expect(answer.status).toBe(500);
      expect(JSON.parse(answer.body)).toEqual({ statusCode: 500, error: 'Internal Server Error' });
    });
  });
});
