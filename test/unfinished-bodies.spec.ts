import { connect, type Socket } from 'node:net';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { ADAPTERS, startApp, type TestApp } from './support/application.js';
import { DATABASES, type TestDatabase } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';

const MIB = 1_048_576;

describe.each(ADAPTERS)('Unfinished bodies with %s', (adapter) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let app: TestApp;

  const start = (): Promise<TestApp> =>
    startApp({
      database,
      adapter,
      options: {
        clock,
        sources: { open: unsigned() },
        receiver: { maxUnfinishedBytes: 2 * MIB },
      },
    });

  beforeAll(async () => {
    database = await DATABASES[0]!.create();
    clock = new FakeClock(Date.parse('2026-03-01T12:00:00Z'));
    app = await start();
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  interface Client {
    readonly socket: Socket;
    /** All that came until the server closed its half. */
    readonly answer: Promise<string>;
  }

  const begin = async (length: number, sent: Buffer): Promise<Client> => {
    const { hostname, port } = new URL(app.url);
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const answer = new Promise<string>((resolve, reject) => {
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', reject);
      socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    const head = [
      'POST /webhooks/open HTTP/1.1',
      'Host: localhost',
      'Content-Type: text/plain',
      `Content-Length: ${length}`,
      '',
      '',
    ].join('\r\n');
    socket.write(head);
    await new Promise((resolve) => socket.write(sent, resolve));
    return { socket, answer };
  };

  it('F-11 a client that is still sending reads its 413, and the connection is closed', async () => {
    const { socket, answer } = await begin(30 * MIB, Buffer.alloc(64));
    for (let sent = 0; sent < 20; sent++) socket.write(Buffer.alloc(MIB));
    expect(await answer).toMatch(/^HTTP\/1\.1 413 [^]*connection: close\r\n[^]*"statusCode":413/i);
    socket.destroy();
  });

  it('F-11 a body that takes too long is answered 408', async () => {
    const { socket, answer } = await begin(100, Buffer.alloc(50));
    const answered = { yet: false };
    void answer.then(() => (answered.yet = true));
    // Its time runs from when the server begins to read, which nobody can see.
    while (!answered.yet) {
      clock.advance(30_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await answer).toMatch(/^HTTP\/1\.1 408 [^]*connection: close/i);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.end();
    await closed;
  });

  it('F-11 a body that keeps the application from stopping is answered 503', async () => {
    const { socket, answer } = await begin(100, Buffer.alloc(50));
    const answered = { yet: false };
    void answer.then(() => (answered.yet = true));
    // When a later request is answered, the receiver has begun to read the earlier one.
    await app.post('/webhooks/open', 'later', { 'content-type': 'text/plain' });
    const closed = app.close();
    while (!answered.yet) {
      clock.advance(2_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await answer).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 10\r\n[^]*connection: close/i);
    socket.end();
    await closed;
    app = await start();
  });

  it('F-11 too many unfinished bytes are answered 503, and the next one is read', async () => {
    const clients = [
      await begin(MIB, Buffer.alloc(MIB - 1)),
      await begin(MIB, Buffer.alloc(MIB - 1)),
      await begin(MIB, Buffer.alloc(MIB - 1)),
    ];
    const first = await Promise.race(clients.map(({ answer }) => answer));
    expect(first).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 10/i);
    expect(
      await app.post('/webhooks/open', 'quick', { 'content-type': 'text/plain' }),
    ).toMatchObject({ status: 200 });
    for (const { socket } of clients) socket.destroy();
  });
});
