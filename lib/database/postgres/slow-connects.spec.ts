import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import pg from 'pg';
import { SlowConnects } from './slow-connects.js';

describe(SlowConnects, () => {
  const sockets: Socket[] = [];
  /** Accepts connections, and says nothing. */
  const server = createServer((socket) => void sockets.push(socket));

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('F-6 ends connections that are still being opened when the host ends its pool', async () => {
    const { port } = server.address() as AddressInfo;
    const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'nobody', database: 'none' });
    const slow = new SlowConnects([pool as never], 60_000);
    const connecting = pool.connect().catch((error: unknown) => error);
    while (sockets.length === 0) await new Promise(setImmediate);
    slow.end();
    // Without it, the pool would wait for the server.
    await pool.end();
    expect(await connecting).toBeInstanceOf(Error);
  });
});
