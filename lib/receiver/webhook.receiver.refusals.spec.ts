import { PassThrough } from 'node:stream';
import { contentOf, DirectReceiver } from '../../test/support/direct.receiver.js';
import { signed } from '../../test/support/receiver.surroundings.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';

describe('A WebhookReceiver that refuses a request', () => {
  const receiver = new DirectReceiver();

  const forged = { 'x-test-signature': 'forged' };

  it.each(['unknown', 'Game', 'constructor', '__proto__', 'toString', 'a/b', '%zz'])(
    'REQ-44 answers 404 for the source %s',
    async (source) => {
      await receiver.start({ game: signed });
      const answered = await receiver.post('{}', { source });
      expect(answered?.status).toBe(404);
      expect(contentOf(answered)).toEqual({ statusCode: 404, error: 'Not Found' });
      expect(receiver.log.lines).toEqual([
        `warn: Refused a request to source '${source}' with 404: there is no such source`,
      ]);
    },
  );

  it('keeps a stranger out of the log', async () => {
    await receiver.start({ game: signed });
    await receiver.post('{}', { source: `a'\n\u001b[31m😀${'x'.repeat(500)}` });
    expect(receiver.log.lines[0]).toMatch(
      /^warn: Refused a request to source 'a\?+\[31m\?+x+\.\.\.' /,
    );
    expect(receiver.log.lines[0]?.length).toBeLessThan(150);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('answers 405 to %s', async (method) => {
    await receiver.start({ game: signed });
    const answered = await receiver.post('{}', { method });
    expect(answered?.status).toBe(405);
    expect(answered?.headers).toMatchObject({ allow: 'POST' });
    expect(await receiver.statusOf('{}', { method, source: 'unknown' })).toBe(404);
  });

  it('answers 413 over the limit of the source', async () => {
    await receiver.start({ game: { scheme: signed, bodyLimitBytes: 10 }, other: signed });
    expect(await receiver.statusOf('{"a":12345}')).toBe(413);
    expect(await receiver.statusOf('{"a":1234}')).toBe(200);
    expect(await receiver.statusOf('{"a":12345}', { source: 'other' })).toBe(200);
    expect(receiver.log.lines[0]).toBe(
      "warn: Refused a request to source 'game' with 413: the body is over the limit of 10 bytes",
    );
  });

  it('answers 415 to an unknown content encoding, and names those it knows', async () => {
    await receiver.start({ game: signed });
    const answered = await receiver.post('{}', { headers: { 'content-encoding': 'zstd' } });
    expect(answered?.status).toBe(415);
    expect(answered?.headers).toMatchObject({ 'accept-encoding': 'gzip, deflate, identity' });
  });

  it('answers 400 to a corrupt content encoding', async () => {
    await receiver.start({ game: signed });
    expect(await receiver.statusOf('{}', { headers: { 'content-encoding': 'gzip' } })).toBe(400);
  });

  it('REQ-2 REQ-5 answers every bad signature alike, whatever the body', async () => {
    await receiver.start({ game: signed });
    const answers = [
      await receiver.post('{}', { headers: { 'x-test-signature': undefined as never } }),
      await receiver.post('{}', { headers: { 'x-test-signature': '' } }),
      await receiver.post('{}', { headers: { 'x-test-signature': '  ' } }),
      await receiver.post('1', { headers: forged }),
      await receiver.post('null', { headers: forged }),
      await receiver.post('[]', { headers: forged }),
      await receiver.post('{"broken', { headers: forged }),
    ];
    for (const answered of answers) expect(answered).toEqual(answers[0]);
    expect(answers[0]?.status).toBe(401);
    expect(contentOf(answers[0])).toEqual({ statusCode: 401, error: 'Unauthorized' });
    expect(await receiver.stored()).toEqual([]);
  });

  it('REQ-43 logs one line that names source and reason, and nothing of the request', async () => {
    await receiver.start({ game: signed });
    await receiver.post('{"card":"4242"}', { headers: { ...forged, authorization: 'Bearer 123' } });
    expect(receiver.log.lines).toEqual([
      "warn: Refused a request to source 'game' with 401: signature-mismatch",
    ]);
  });

  it('REQ-5 answers 400 to a malformed body only when its signature is right', async () => {
    await receiver.start({ game: signed });
    const answered = await receiver.post('{"card":"4242');
    expect(answered?.status).toBe(400);
    expect(contentOf(answered)).toEqual({ statusCode: 400, error: 'Bad Request' });
    expect(receiver.log.lines).toEqual([
      "warn: Refused a request to source 'game' with 400: the body is not JSON",
    ]);
  });

  it('REQ-21 answers 503 where the key is unavailable', async () => {
    const keyless: SignatureScheme = {
      ...signed,
      verify: () => ({ ok: false, reason: 'key-unavailable' }),
    };
    await receiver.start({ game: keyless });
    const answered = await receiver.post('{}');
    expect(answered?.status).toBe(503);
    expect(answered?.headers).toMatchObject({ 'retry-after': '10' });
    expect(await receiver.stored()).toEqual([]);
  });

  it('gives no answer when the client went away, and stores nothing', async () => {
    await receiver.start({ game: signed });
    const raw = Object.assign(new PassThrough(), { method: 'POST', headers: {} });
    const answered = receiver.receive({ source: 'game', url: '/webhooks/game', raw });
    raw.write('{"half":');
    raw.destroy();
    expect(await answered).toBeUndefined();
    expect(await receiver.stored()).toEqual([]);
  });

  it('REQ-35 answers 500 at once where the body is gone, and logs the cure', async () => {
    await receiver.start({ game: signed });
    const raw = Object.assign(new PassThrough(), {
      method: 'POST',
      headers: {},
      body: { parsed: true },
    });
    raw.end('{}').resume();
    await new Promise((resolve) => raw.once('end', resolve));
    const answered = await receiver.receive({ source: 'game', url: '/webhooks/game', raw });
    expect(answered?.status).toBe(500);
    expect(receiver.log.lines).toHaveLength(1);
    expect(receiver.log.lines[0]).toContain('request.rawBody');
    expect(await receiver.stored()).toEqual([]);
  });
});
