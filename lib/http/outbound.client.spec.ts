import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici';
import { FakeClock } from '../../test/support/fake.clock.js';
import { HostResolver, type HostAddress } from './host.resolver.js';
import { OutboundClient, type OutboundRequest } from './outbound.client.js';

/** Every name is this machine. */
class LocalResolver extends HostResolver {
  readonly asked: string[] = [];

  override resolve(hostname: string): Promise<readonly HostAddress[]> {
    this.asked.push(hostname);
    return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
  }
}

describe(OutboundClient.name, () => {
  let clock: FakeClock;
  let resolver: LocalResolver;
  let client: OutboundClient;
  let server: Server;
  let received: IncomingMessage[];
  let listener: RequestListener;
  let port: number;

  beforeEach(async () => {
    received = [];
    listener = (_, response) => response.end('ok');
    server = createServer((request, response) => {
      received.push(request);
      listener(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    clock = new FakeClock();
    resolver = new LocalResolver();
    client = new OutboundClient({
      clock,
      resolver,
      allow: { http: true, hosts: ['receiver.example'] },
    });
  });

  afterEach(async () => {
    await client.onApplicationShutdown();
    server.closeAllConnections();
    server.close();
  });

  const send = (further: Partial<OutboundRequest> = {}): ReturnType<OutboundClient['send']> =>
    client.send({ url: `http://receiver.example:${port}/hooks/s3cret?token=s3cret`, ...further });

  it('sends a request to the address of its host, and returns the answer', async () => {
    listener = (_, response) => response.writeHead(201, { 'x-a': 'b' }).end('made');
    const answer = await send({ method: 'POST', headers: { 'x-c': 'd' }, body: Buffer.from('ä') });
    expect(answer).toMatchObject({ status: 201, headers: { 'x-a': 'b' }, isCut: false });
    expect(answer.body.toString()).toBe('made');
    const [request] = received;
    expect(request).toMatchObject({ method: 'POST', url: '/hooks/s3cret?token=s3cret' });
    expect(request?.headers).toMatchObject({
      host: `receiver.example:${port}`,
      'user-agent': 'nestjs-hookline',
      'content-length': '2',
      'x-c': 'd',
    });
    expect(resolver.asked).toEqual(['receiver.example']);
  });

  it('looks a name up once for each connection, and reuses connections', async () => {
    for (let count = 0; count < 5; count++) await send();
    const connections = new Set(received.map(({ socket }) => socket.remotePort)).size;
    expect(connections).toBeLessThan(5);
    expect(resolver.asked).toHaveLength(connections);
  });

  it.each([
    'http://other.example/',
    'https://10.0.0.1/',
    'http://localhost/',
    'ftp://receiver.example/',
    'no URL',
  ])('REQ-59 sends nothing to %s', async (url) => {
    await expect(client.send({ url })).rejects.toMatchObject({
      code: 'HTTP_NO_ANSWER',
      failure: 'refused',
    });
    expect(received).toEqual([]);
  });

  it.each([301, 302, 307, 308])('REQ-59 follows no redirect (%d)', async (status) => {
    listener = (_, response) => response.writeHead(status, { location: '/other' }).end();
    expect(await send()).toMatchObject({ status });
    expect(received).toHaveLength(1);
  });

  it('REQ-60 REQ-302 reads an answer up to the limit, and then ends the connection', async () => {
    const closed = new Promise<boolean>((resolve) => {
      listener = (_, response) => {
        response.on('close', () => resolve(response.writableFinished));
        response.writeHead(200).write(Buffer.alloc(10_000_000));
      };
    });
    const answer = await send({ maxAnswerBytes: 4_096 });
    expect(answer).toMatchObject({ status: 200, isCut: true });
    expect(answer.body).toHaveLength(4_096);
    expect(await closed).toBe(false);
  });

  it('REQ-60 inflates nothing', async () => {
    const body = gzipSync('a'.repeat(10_000));
    listener = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
    expect((await send()).body).toEqual(body);
  });

  it('accepts an answer whose body breaks off', async () => {
    listener = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('x', () => response.destroy());
    };
    const answer = await send();
    expect([answer.status, answer.body.toString(), answer.isCut]).toEqual([200, 'x', true]);
  });

  it('REQ-301 waits for 15 seconds in all, also for a slow body', async () => {
    listener = (_, response) => response.writeHead(200).write('x');
    // undici publishes this when it has read the status and the headers.
    const headers = channel('undici:request:headers');
    const begun = new Promise<void>((resolve) => headers.subscribe(() => resolve()));
    let isOver = false;
    const sending = send().finally(() => (isOver = true));
    await begun;
    clock.advance(14_999);
    expect(isOver).toBe(false);
    clock.advance(1);
    const answer = await sending;
    expect([answer.status, answer.isCut]).toEqual([200, true]);
  });

  it('waits for a slow body for as long as the request says', async () => {
    listener = (_, response) => response.writeHead(200).write('x');
    const headers = channel('undici:request:headers');
    const begun = new Promise<void>((resolve) => headers.subscribe(() => resolve()));
    let isOver = false;
    const sending = send({ timeoutMs: 60_000 }).finally(() => (isOver = true));
    await begun;
    await turn();
    clock.advance(59_999);
    await turn();
    expect(isOver).toBe(false);
    clock.advance(1);
    expect(await sending).toMatchObject({ status: 200, isCut: true });
  });

  it('REQ-301 fails if no answer comes in time', async () => {
    const asked = new Promise<void>((resolve) => (listener = () => resolve()));
    const sending = send({ timeoutMs: 1_000 });
    await asked;
    clock.advance(1_000);
    await expect(sending).rejects.toMatchObject({
      failure: 'timed-out',
      message: `receiver.example:${port} gave no answer (TIMED_OUT)`,
    });
  });

  it('ends when its signal is aborted', async () => {
    const controller = new AbortController();
    const asked = new Promise<void>((resolve) => (listener = () => resolve()));
    const sending = send({ signal: controller.signal });
    await asked;
    controller.abort(Object.assign(new Error('over'), { name: 'AbortError' }));
    await expect(sending).rejects.toMatchObject({ failure: 'aborted' });
    await expect(send({ signal: controller.signal })).rejects.toMatchObject({ failure: 'aborted' });
    expect(received).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['broken', 'UND_ERR_SOCKET'],
    ['connect', 'ECONNREFUSED'],
  ])(
    'REQ-43 says why there is no answer (%s), and names only the host of the URL',
    async (failure, code) => {
      listener = (_, response) => response.destroy();
      if (failure === 'connect') server.close();
      await expect(send()).rejects.toMatchObject({
        failure,
        message: `receiver.example:${port} gave no answer (${code})`,
      });
    },
  );

  it('reports that a name has no address', async () => {
    resolver.resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    await expect(send()).rejects.toMatchObject({ failure: 'dns' });
  });

  it('reports that the server does not speak TLS', async () => {
    const url = `https://receiver.example:${port}/`;
    await expect(client.send({ url })).rejects.toMatchObject({ failure: 'tls' });
  });

  it('REQ-323 ignores a global dispatcher and proxy variables', async () => {
    const before = getGlobalDispatcher();
    const mock = new MockAgent();
    mock.disableNetConnect();
    setGlobalDispatcher(mock);
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:1';
    try {
      expect(await send()).toMatchObject({ status: 200 });
    } finally {
      delete process.env['HTTP_PROXY'];
      setGlobalDispatcher(before);
      await mock.close();
    }
  });
});
