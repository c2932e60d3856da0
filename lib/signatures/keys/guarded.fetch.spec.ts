import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GuardedFetch, type GuardedFetchOptions } from './guarded.fetch.js';
import { KeyUnavailableError } from './key-unavailable.error.js';

describe(GuardedFetch.name, () => {
  let server: Server | undefined;
  let asked: { method?: string | undefined; url?: string | undefined; body: string }[];

  /** A real server in the place of `keys.example.com`, whose TLS is not what is tested. */
  async function serving(
    listener: RequestListener,
    options: Partial<GuardedFetchOptions> = {},
  ): Promise<GuardedFetch> {
    asked = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push({ method: request.method, url: request.url, body });
        listener(request, response);
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server?.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    return new GuardedFetch({
      hosts: ['keys.example.com'],
      fetch: (url, init) =>
        fetch(url.replace('https://keys.example.com', `http://127.0.0.1:${port}`), init),
      ...options,
    });
  }

  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(0) : server.close(resolve)));
    server = undefined;
  });

  it('gives the text or the JSON of an answer', async () => {
    const guarded = await serving((_, response) => response.end('{"keys":["ä"]}'));
    expect(await guarded.text('https://keys.example.com/a?b')).toBe('{"keys":["ä"]}');
    const request = { method: 'POST', body: '{"key_id":"1"}' } as const;
    expect(await guarded.json('https://keys.example.com/c', request)).toEqual({ keys: ['ä'] });
    expect(asked).toEqual([
      { method: 'GET', url: '/a?b', body: '' },
      { method: 'POST', url: '/c', body: '{"key_id":"1"}' },
    ]);
  });

  it('REQ-15 allows hosts only by their whole name', () => {
    const guarded = new GuardedFetch({ hosts: ['Keys.example.com', /sns\.[a-z0-9-]+\.test/] });
    expect(guarded.allows('https://keys.example.com/')).toBe(true);
    expect(guarded.allows('https://KEYS.EXAMPLE.COM/x.pem')).toBe(true);
    expect(guarded.allows('https://sns.eu-west-1.test/x.pem')).toBe(true);
    for (const url of [
      'http://keys.example.com/',
      'https://keys.example.com:8443/',
      'https://keys.example.com.evil.example/',
      'https://evil.example/?keys.example.com',
      'https://keys.example.com@evil.example/',
      'https://a@keys.example.com/',
      'https://a:b@keys.example.com/',
      'https://xsns.eu-west-1.test/',
      'https://sns.eu-west-1.test.evil.example/',
      'https://sns.a.b.test/',
      'https://127.0.0.1/',
      'file:///etc/passwd',
      'keys.example.com',
      '',
    ]) {
      expect(guarded.allows(url)).toBe(false);
    }
  });

  it('REQ-15 fetches from no other host', async () => {
    const guarded = await serving((_, response) => response.end('{}'));
    await expect(guarded.text('https://evil.example/')).rejects.toThrow(KeyUnavailableError);
    expect(asked).toEqual([]);
  });

  it.each<[string, RequestListener, number?]>([
    ['a redirect', (_, response) => response.writeHead(302, { location: '/other' }).end()],
    ['an error', (_, response) => response.writeHead(500).end('secret detail')],
    ['a cut connection', (request) => request.socket.destroy()],
    ['too much', (_, response) => response.end('x'.repeat(1_001))],
    [
      'too much in chunks',
      (_, response) => {
        response.writeHead(200, { 'transfer-encoding': 'chunked' });
        for (let chunk = 0; chunk < 11; chunk++) response.write('x'.repeat(100));
        response.end();
      },
    ],
    ['nothing in time', () => undefined, 200],
  ])('REQ-21 has no keys after %s', async (_name, listener, timeoutMs = 30_000) => {
    const guarded = await serving(listener, { maxBytes: 1_000, timeoutMs });
    const attempt = guarded.text('https://keys.example.com/path?token=1');
    await expect(attempt).rejects.toMatchObject({
      code: 'KEY_UNAVAILABLE',
      message: expect.not.stringMatching(/path|token|secret/) as string,
    });
    expect(asked).toHaveLength(1);
  });

  it('fetches with what it is given later, unless it was made with a function', async () => {
    const answering = (text: string) => () => Promise.resolve(new Response(text));
    const open = new GuardedFetch({ hosts: ['keys.example.com'] });
    open.use(answering('later'));
    expect(await open.text('https://keys.example.com/')).toBe('later');
    const own = new GuardedFetch({ hosts: ['keys.example.com'], fetch: answering('own') });
    own.use(answering('later'));
    expect(await own.text('https://keys.example.com/')).toBe('own');
  });

  it('finds no keys in an answer that is not JSON, and does not quote it', async () => {
    const guarded = await serving((_, response) => response.end('<secret>'));
    await expect(guarded.json('https://keys.example.com/')).rejects.toMatchObject({
      code: 'KEY_UNAVAILABLE',
      message: expect.not.stringContaining('secret') as string,
    });
  });
});
