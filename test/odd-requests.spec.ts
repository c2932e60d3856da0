import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { ADAPTERS, startApp, type TestApp } from './support/application.js';
import { DATABASES, type TestDatabase } from './support/databases.js';

const HEAD = 'Host: example.com\r\nContent-Type: application/json\r\n';
const CLOSE = 'Connection: close\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/** Sends a request's parts with pauses between them; gives all that comes back until the connection ends. */
function talk(app: TestApp, parts: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    const chunks: string[] = [];
    socket.setTimeout(8_000, () => reject(new Error(`hangs after ${chunks.join('')}`)));
    // A connection that is reset has had its answer, or never will.
    socket.on('error', () => undefined).on('close', () => resolve(chunks.join('')));
    socket.setEncoding('latin1').on('data', (text: string) => void chunks.push(text));
    socket.on('connect', async () => {
      for (const part of parts) {
        socket.write(part, 'latin1');
        await sleep(20);
      }
    });
  });
}

function statusesOf(answers: string): number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}

describe.each(ADAPTERS)('Odd requests, with %s', (adapter) => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await DATABASES[0]!.create();
    app = await startApp({
      database,
      adapter,
      options: { sources: { game: unsigned() }, receiver: { bodyTimeoutMs: 500 } },
    });
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const post = (path: string, headers: string, body: string, version = '1.1'): string =>
    `POST ${path} HTTP/${version}\r\n${HEAD}${headers}\r\n${body}`;
  const sized = (body: string): string => `Content-Length: ${body.length}\r\n`;
  const whole = (path: string, further = '', version?: string): string =>
    post(path, `${CLOSE}${further}${sized('{}')}`, '{}', version);

  it.each<[string, readonly string[], readonly number[]]>([
    ['HTTP/1.0', [whole('/webhooks/game', '', '1.0')], [200]],
    [
      'a body after 100-continue',
      [post('/webhooks/game', `${CLOSE}Expect: 100-continue\r\n${sized('{}')}`, ''), '{}'],
      [100, 200],
    ],
    [
      'no body after 100-continue',
      [post('/webhooks/game', `Expect: 100-continue\r\n${sized('{}')}`, '')],
      [100, 408],
    ],
    ['an unknown expectation', [whole('/webhooks/game', 'Expect: 200-ok\r\n')], [417]],
    [
      'chunks with trailers',
      [
        post('/webhooks/game', `${CLOSE}${CHUNKED}`, chunk('{"a":')),
        `${chunk('1}')}0\r\nX-A: 1\r\n\r\n`,
      ],
      [200],
    ],
    [
      'trailers that are too long',
      [
        post('/webhooks/game', CHUNKED, chunk('{}')),
        `0\r\n${`X-A: ${'a'.repeat(9_000)}\r\n`.repeat(3)}\r\n`,
      ],
      [431],
    ],
    ['a chunk without a size', [post('/webhooks/game', CHUNKED, 'zz\r\n{}\r\n0\r\n\r\n')], [400]],
    ['chunks without an end', [post('/webhooks/game', CHUNKED, chunk('{}'))], [408]],
    [
      'a length beside chunks',
      [post('/webhooks/game', `${CHUNKED}${sized('{}')}`, chunk('{}'))],
      [400],
    ],
    ['two lengths', [whole('/webhooks/game', sized('{'))], [400]],
    ['a length that is none', [post('/webhooks/game', 'Content-Length: -1\r\n', '{}')], [400]],
    [
      'headers that are too long',
      [whole('/webhooks/game', `X-A: ${'a'.repeat(20_000)}\r\n`)],
      [431],
    ],
    ['a second host that is none', [whole('/webhooks/game', 'Host: a b\\\r\n')], [200]],
    ['no HTTP at all', ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'], [400]],
    [
      'several at once',
      [
        ['/webhooks/game', '/webhooks/nobody', '/webhooks/game']
          .map((path) => post(path, sized('{}'), '{}'))
          .join('') + whole('/webhooks/game'),
      ],
      [200, 404, 200, 200],
    ],
    ['rubbish behind the body', [post('/webhooks/game', sized('{}'), '{}rubbish\r\n\r\n')], [400]],
    ['a dot segment', [whole('/webhooks/%2e%2e')], [404]],
    ['a slash in the name', [whole('/webhooks/game%2Fx')], [404]],
    ['no name', [whole('/webhooks/')], [404]],
    ['two names', [whole('/webhooks/game/x')], [404]],
    ['a NUL', [whole('/webhooks/game%00')], [404]],
    ['a line break', [whole('/webhooks/game%0d%0aX-A:1')], [404]],
  ])('have an answer, and no 5xx: %s', async (_, parts, expected) => {
    const answers = await talk(app, parts);
    expect(answers).not.toMatch(/node_modules|\n {4}at /);
    const statuses = statusesOf(answers);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(statuses).toEqual(expected);
  });

  it('are forgotten when the client goes away in the middle', async () => {
    const before = (await app.app.get(InboxService).list()).items;
    for (let count = 0; count < 20; count++) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () => {
          socket.write(post('/webhooks/game', 'Content-Length: 100\r\n', '{"a":'));
          setTimeout(() => socket.resetAndDestroy(), 10);
        });
        socket.on('error', () => undefined).on('close', () => resolve());
      });
    }
    expect(await app.post('/webhooks/game', '{"a":2}', {})).toMatchObject({ status: 200 });
    const after = (await app.app.get(InboxService).list()).items;
    expect(after).toHaveLength(before.length + 1);
    expect(app.logger.of('error')).toEqual([]);
  });
});
