import type { INestApplication, NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { ADAPTERS, MountedReceiver } from '../../test/support/mounted.receiver.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';

const MIB = 1_048_576;

describe.each(['express', 'fastify'] as const)('A mounted receiver on %s', (platform) => {
  const receiver = new MountedReceiver();
  const create = (options: NestApplicationOptions = {}): Promise<INestApplication> =>
    receiver.create({ adapter: ADAPTERS[platform](), options });

  it.each([false, true])(
    'REQ-19 gives the URL as the framework sees it, where it trusts proxies: %s',
    async (trusts) => {
      const urls: string[] = [];
      const spying: SignatureScheme = {
        name: 'spying',
        verify: ({ url }) => {
          urls.push(url);
          return { ok: true, keyIndex: 0 };
        },
      };
      const adapter =
        platform === 'express'
          ? new ExpressAdapter(express().set('trust proxy', trusts))
          : new FastifyAdapter({ trustProxy: trusts });
      await receiver.listen(await receiver.create({ adapter, sources: { game: spying } }));
      const path = '/webhooks/game?a=%20b';
      const forwarded = { 'x-forwarded-host': 'example.com', 'x-forwarded-proto': 'https' };
      await receiver.send('{}', { path, headers: forwarded });
      await receiver.send('{}', { path, headers: { host: 'example.com/other?b#' } });
      const own = `http://127.0.0.1:${receiver.port}`;
      expect(urls).toEqual([trusts ? `https://example.com${path}` : `${own}${path}`, path]);
    },
  );

  it('answers in one line of JSON', async () => {
    await receiver.listen(await create());
    const reply = await receiver.send('{}', { path: '/webhooks/game/?a=b' });
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(reply.body.length),
      'cache-control': 'no-store',
    });
    expect(JSON.parse(reply.body)).toMatchObject({ status: 'ignored' });
  });

  it.each(['/webhooks/nobody', '/webhooks/__proto__', '/webhooks/Game', '/webhooks/a%2Fb'])(
    'answers 404 at %s',
    async (path) => {
      await receiver.listen(await create());
      const reply = await receiver.send('{}', { path });
      expect(reply).toMatchObject({
        status: 404,
        body: '{"statusCode":404,"error":"Not Found"}',
      });
      expect(receiver.log.lines).toHaveLength(1);
    },
  );

  it('decodes the name of the source', async () => {
    await receiver.listen(await create());
    expect((await receiver.send('{}', { path: '/webhooks/%67ame' })).status).toBe(200);
    expect((await receiver.send('{}', { path: '/webhooks/%zz' })).status).toBe(
      platform === 'express' ? 404 : 400,
    );
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'answers 405 to %s',
    async (method) => {
      await receiver.listen(await create());
      const reply = await receiver.send('{}', { method, headers: { 'content-length': 2 } });
      expect(reply.status).toBe(405);
      expect(reply.headers['allow']).toBe('POST');
      expect(receiver.log.lines).toEqual([
        "warn: Refused a request to source 'game' with 405: the method is not POST",
      ]);
    },
  );

  it('leaves preflights to the host', async () => {
    await receiver.listen(await create({ cors: true }));
    const reply = await receiver.send('', {
      method: 'OPTIONS',
      headers: { origin: 'http://a', 'access-control-request-method': 'POST' },
    });
    expect(reply.status).toBe(204);
    expect(reply.headers['access-control-allow-origin']).toBe('*');
  });

  it('passes everything else on to the host, whose parsers still work', async () => {
    await receiver.listen(await create());
    const echoed = await receiver.send('{"a":1.0}', { path: '/echo' });
    expect(echoed.body).toBe('{"parsed":{"a":1}}');
    expect((await receiver.send('', { method: 'GET', path: '/webhooks' })).body).toBe(
      'the list of the host',
    );
    expect((await receiver.send('', { method: 'GET', path: '/webhooks/game/status' })).body).toBe(
      'the status of the host',
    );
    for (const path of ['/webhooks/', '/webhooks//', '/webhooks/a/b', '//webhooks/game']) {
      expect({ path, status: (await receiver.send('{}', { path })).status }).toEqual({
        path,
        status: 404,
      });
    }
    expect(receiver.log.lines).toEqual([]);
  });

  it('REQ-38 answers a client that sends too much, and takes its next request', async () => {
    await receiver.listen(await create());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const chunks = Array.from({ length: 8 }, () => Buffer.alloc(MIB));
    expect(await receiver.send('', { chunks, agent })).toMatchObject({
      status: 413,
      body: '{"statusCode":413,"error":"Payload Too Large"}',
    });
    expect((await receiver.send(Buffer.alloc(8 * MIB), { agent })).status).toBe(413);
    expect((await receiver.send('{}', { agent })).status).toBe(200);
    agent.destroy();
  });

  it('REQ-38 answers before a client has sent everything', async () => {
    await receiver.listen(await create());
    const socket = connect(receiver.port, '127.0.0.1');
    socket.write(
      'POST /webhooks/game HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n' +
        `${(MIB + 1).toString(16)}\r\n`,
    );
    socket.write(Buffer.alloc(MIB + 1));
    const [answered] = await new Promise<Buffer[]>((resolve) =>
      socket.once('data', (data: Buffer) => resolve([data])),
    );
    expect(answered?.toString()).toContain('413 Payload Too Large');
    socket.destroy();
  });

  it('survives a client that goes away half-way', async () => {
    const app = await create();
    await receiver.listen(app);
    const socket = connect(receiver.port, '127.0.0.1');
    socket.write('POST /webhooks/game HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"half":');
    const gone = new Promise((resolve) => {
      app.getHttpServer().once('request', (request: NodeJS.EventEmitter) => {
        request.once('close', resolve);
        socket.destroy();
      });
    });
    await gone;
    expect((await receiver.send('{}')).status).toBe(200);
    expect(await receiver.storedBodies()).toEqual(['{}']);
    expect(receiver.log.lines).toEqual([]);
  });
});
