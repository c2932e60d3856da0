import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeClock } from '../../test/support/fake.clock.js';
import { LOCAL_RECEIVERS } from '../../test/support/local-receivers.js';
import { OutboundClient } from './outbound.client.js';
import { outboundFetch } from './outbound.fetch.js';

describe(outboundFetch.name, () => {
  let client: OutboundClient;
  let server: Server;
  let listener: RequestListener;
  let url: string;

  beforeEach(async () => {
    server = createServer((request, response) => listener(request, response)).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    client = new OutboundClient({ clock: new FakeClock(), ...LOCAL_RECEIVERS });
  });

  afterEach(async () => {
    await client.onApplicationShutdown();
    server.closeAllConnections();
    server.close();
  });

  it('sends the request, and returns the answer', async () => {
    const asked: unknown[] = [];
    listener = (request, response) => {
      const { method, headers } = request;
      request.on('data', (body: Buffer) => {
        asked.push([method, headers['content-type'], body.toString()]);
        response.writeHead(201, { 'x-key': ['1', '2'] }).end('{"keys":["ä"]}');
      });
    };
    const response = await outboundFetch(client)(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
    expect(asked).toEqual([['POST', 'application/json', '{}']]);
    expect([response.status, response.headers.get('x-key')]).toEqual([201, '1,2']);
    expect(await response.json()).toEqual({ keys: ['ä'] });
  });

  it.each([204, 304])('returns an answer without a body (%d)', async (status) => {
    listener = (_, response) => response.writeHead(status).end();
    const response = await outboundFetch(client)(url, {});
    expect([response.status, response.body]).toEqual([status, null]);
  });

  it('throws for an incomplete answer', async () => {
    listener = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => response.destroy());
    };
    await expect(outboundFetch(client)(url, {})).rejects.toMatchObject({ failure: 'broken' });
  });

  it('throws for an answer over the limit', async () => {
    listener = (_, response) => response.end(Buffer.alloc(2_000_000));
    await expect(outboundFetch(client)(url, {})).rejects.toMatchObject({ failure: 'broken' });
  });

  it('REQ-322 sends nothing to an address that may not be reached', async () => {
    for (const other of ['http://localhost/', 'https://169.254.169.254/latest']) {
      await expect(outboundFetch(client)(other, {})).rejects.toMatchObject({ failure: 'refused' });
    }
  });
});
