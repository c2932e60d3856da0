import { channel as channelOf } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { FakeClock } from '../../../../test/support/fake.clock.js';
import { describeError } from '../../../errors/describe-error.js';
import { OutboundClient } from '../../../http/outbound.client.js';
import { Discard } from '../../../retry/discard.js';
import { RetryLater } from '../../../retry/retry-later.js';
import type { ChannelMessage } from '../channel.js';
import type { AnswerJudge, HttpAnswer } from './http-answer.js';
import type { HttpPostMessage } from './http-post.notification.js';
import { HttpChannel } from './http.channel.js';

const DAY_MS = 86_400_000;
const ID = '0190a0a0-0000-7000-8000-000000000001';

interface Post {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

describe(HttpChannel.name, () => {
  let clock: FakeClock;
  let client: OutboundClient;
  let channel: HttpChannel;
  let server: Server;
  let url: string;
  let posts: Post[];
  let judge: AnswerJudge | undefined;
  let answer: (response: ServerResponse) => unknown;

  beforeEach(async () => {
    clock = new FakeClock();
    judge = undefined;
    const resolver = {
      resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }]),
    };
    client = new OutboundClient({
      clock,
      resolver,
      allow: { http: true, hosts: ['127.0.0.1', 'chat.example.com'] },
    });
    channel = new HttpChannel(client, clock, { judgeAnswer: (given) => judge?.(given) });
    posts = [];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        posts.push({ request, body: Buffer.concat(chunks) });
        answer(response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/s3cret?token=s3cret`;
  });

  afterEach(async () => {
    await client.onApplicationShutdown();
    server.closeAllConnections();
    server.close();
  });

  const answerWith = (status: number, headers: Record<string, string> = {}, body = ''): void => {
    answer = (response) => response.writeHead(status, headers).end(body);
  };

  const message = (
    payload: Partial<HttpPostMessage> = {},
    signal = new AbortController().signal,
  ): ChannelMessage<HttpPostMessage> => ({
    id: ID,
    payload: { url, json: { text: 'Glückwunsch 🎉' }, ...payload },
    attempt: 1,
    createdAt: new Date(clock.now()),
    signal,
  });

  describe('validate', () => {
    const refusal = (to: string): unknown => {
      try {
        channel.validate({ url: to, json: 1 });
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    };

    it('takes public URLs, and what the application allows', () => {
      expect(refusal('https://chat.example.org/hooks/s3cret')).toBeUndefined();
      expect(refusal(url)).toBeUndefined();
    });

    it.each([
      ['http://chat.example.org/s3cret', 'its protocol is http:, which is not allowed'],
      ['https://10.0.0.1/s3cret', 'its address is not public'],
      ['https://localhost/s3cret', 'its host has an internal name'],
      ['https://chat.example.org:8080/s3cret', 'port 8080 is not allowed'],
    ])('REQ-322 refuses %s, and names the option', (to, reason) => {
      if (to.startsWith('http:')) client = new OutboundClient({ clock });
      channel = new HttpChannel(client, clock, { judgeAnswer: () => undefined });
      expect(refusal(to)).toContain(`It may not: ${reason}.`);
      expect(refusal(to)).toContain('`sending: { allow }`');
      expect(refusal(to)).not.toContain('s3cret');
    });
  });

  describe('recipient', () => {
    it('REQ-43 is only the host', () => {
      expect(channel.recipient({ url: 'https://chat.example.com:8443/s3cret?a#b', json: 1 })).toBe(
        'chat.example.com:8443',
      );
    });
  });

  describe('send', () => {
    it('REQ-46 posts JSON, its length counted in bytes, with the id of the notification', async () => {
      answerWith(204);
      const sent = await channel.send(message({ headers: { Authorization: 'Bearer x' } }));
      expect(sent).toEqual({ receipt: 'HTTP 204' });
      const [{ request, body } = posts[0]!] = posts;
      expect(request).toMatchObject({ method: 'POST', url: '/hooks/s3cret?token=s3cret' });
      expect(request.headers).toMatchObject({
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength('{"text":"Glückwunsch 🎉"}')),
        'idempotency-key': ID,
        authorization: 'Bearer x',
        'user-agent': 'nestjs-hookline',
      });
      expect(body.toString()).toBe('{"text":"Glückwunsch 🎉"}');
    });

    it('uses connections again', async () => {
      answerWith(200, {}, 'ok');
      for (let count = 0; count < 5; count++) await channel.send(message());
      const ports = posts.map(({ request }) => request.socket.remotePort);
      expect(new Set(ports).size).toBeLessThan(posts.length);
    });

    it.each([200, 201, 202, 204])('takes %d as sent', async (status) => {
      answerWith(status);
      expect(await channel.send(message())).toEqual({ receipt: `HTTP ${status}` });
    });

    it('F-27 keeps the start of what was answered, in one line of its receipt', async () => {
      answerWith(200, {}, `ok ${'ä'.repeat(100_000)}`);
      const sent = await channel.send(message());
      expect(sent).toEqual({ receipt: `HTTP 200: ok ${'ä'.repeat(197)}` });
    });

    it('F-27 asks the application about an answer of 2xx, and does what it says', async () => {
      answerWith(200, { 'x-result': 'no' }, 'refused');
      const seen: HttpAnswer[] = [];
      judge = (given) => {
        seen.push(given);
        return new Discard('they said no');
      };
      expect(await channel.send(message())).toEqual(new Discard('they said no'));
      expect(seen).toMatchObject([
        { host: new URL(url).host, status: 200, headers: { 'x-result': 'no' }, body: 'refused' },
      ]);
      judge = () => new RetryLater(5_000, 'they are busy');
      expect(await channel.send(message())).toEqual(new RetryLater(5_000, 'they are busy'));
      judge = () => {
        throw new Error('not understood');
      };
      await expect(channel.send(message())).rejects.toThrow('not understood');
      judge = () => undefined;
      expect(await channel.send(message())).toEqual({ receipt: 'HTTP 200: refused' });
      judge = () => Promise.resolve(new Discard('looked up'));
      expect(await channel.send(message())).toEqual(new Discard('looked up'));
      judge = () => Promise.resolve(undefined);
      expect(await channel.send(message())).toEqual({ receipt: 'HTTP 200: refused' });
    });

    it('F-27 shows the whole of a long answer that refuses', async () => {
      const refusal = { ok: false, error: 'invalid_blocks', errors: Array(500).fill('no more') };
      answerWith(200, {}, JSON.stringify(refusal));
      judge = ({ body }) => {
        const { ok, error } = JSON.parse(body) as typeof refusal;
        return ok ? undefined : new Discard(error);
      };
      expect(await channel.send(message())).toEqual(new Discard('invalid_blocks'));
    });

    it.each([301, 302, 307, 308])('discards at %d, and follows no redirect', async (status) => {
      answerWith(status, { location: url });
      expect(await channel.send(message())).toEqual(
        new Discard(`${new URL(url).host} answered HTTP ${status}, and redirects are not followed`),
      );
      expect(posts).toHaveLength(1);
    });

    it.each([400, 401, 403, 404, 410, 422])('discards at %d', async (status) => {
      answerWith(status);
      expect(await channel.send(message())).toBeInstanceOf(Discard);
    });

    it.each([408, 425, 429, 500, 502, 503, 504])('retries at %d', async (status) => {
      answerWith(status);
      await expect(channel.send(message())).rejects.toThrow(`answered HTTP ${status}`);
    });

    it.each([
      ['120', 120_000],
      ['1.5', 1_500],
      ['9'.repeat(20), DAY_MS],
      ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ])('REQ-61 waits as long as Retry-After: %s asks for', async (header, delayMs) => {
      answerWith(429, { 'retry-after': header });
      const result = await channel.send(message());
      expect(result).toBeInstanceOf(RetryLater);
      expect(result).toMatchObject({ delayMs });
    });

    it.each(['-3', 'soon', '0', 'Wed, 31 Dec 2025 00:00:00 GMT'])(
      'REQ-61 retries in its own time at Retry-After: %s',
      async (header) => {
        answerWith(503, { 'retry-after': header });
        await expect(channel.send(message())).rejects.toThrow('answered HTTP 503');
      },
    );

    it('is not postponed for more than three days', async () => {
      answerWith(429, { 'retry-after': '60' });
      const old = message();
      clock.advance(3 * DAY_MS);
      await expect(channel.send(old)).rejects.toThrow('answered HTTP 429');
    });

    it('REQ-60 cuts a body that is too long', async () => {
      const closed = new Promise((resolve) => {
        answer = (response) => {
          response.on('close', () => resolve(response.writableFinished));
          response.writeHead(200).write(Buffer.alloc(10_000_000));
        };
      });
      expect(await channel.send(message())).toMatchObject({
        receipt: expect.stringMatching(/^HTTP 200: .{200}$/s) as unknown,
      });
      expect(await closed).toBe(false);
    });

    it('REQ-60 waits for the end of a body for five seconds', async () => {
      answer = (response) => response.writeHead(200).write('x');
      const headers = channelOf('undici:request:headers');
      const begun = new Promise<void>((resolve) => headers.subscribe(() => resolve()));
      let isOver = false;
      const sending = channel.send(message()).finally(() => (isOver = true));
      await begun;
      await turn();
      clock.advance(4_999);
      await turn();
      expect(isOver).toBe(false);
      clock.advance(1);
      expect(await sending).toEqual({ receipt: 'HTTP 200: x' });
    });

    it('REQ-60 takes an answer whose body breaks off', async () => {
      answer = (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('x', () => response.destroy());
      };
      expect(await channel.send(message())).toEqual({ receipt: 'HTTP 200: x' });
    });

    it.each([
      ['nobody listens', 'ECONNREFUSED'],
      ['the connection breaks', 'UND_ERR_SOCKET'],
      ['the attempt is over', 'TimeoutError'],
    ])('REQ-43 retries when %s, and tells only the host of the URL', async (fault, code) => {
      const controller = new AbortController();
      answer = (response) => {
        if (fault === 'the connection breaks') response.destroy();
        else controller.abort(Object.assign(new Error('over'), { name: 'TimeoutError' }));
      };
      if (fault === 'nobody listens') server.close();
      const error: unknown = await channel
        .send(message({}, controller.signal))
        .catch((thrown: unknown) => thrown);
      expect(describeError(error)).toBe(
        `OutboundError: ${new URL(url).host} gave no answer (${code})`,
      );
    });
  });
});
