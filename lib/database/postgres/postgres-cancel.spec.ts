import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { cancelStatement, type CancellableClient } from './postgres-cancel.js';

/** What the client sends first on a connection: the length, and the code of the request. */
const CANCEL = [16, 80_877_102];
const SSL = [8, 80_877_103];

/** A server that answers what it is told to. */
async function listen(onData: (data: Buffer, socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', (data) => onData(data, socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const headOf = (data: Buffer): number[] => [data.readInt32BE(0), data.readInt32BE(4)];

describe('F-1 cancelling a statement of PostgreSQL', () => {
  let server: Server;

  afterEach(() => server.close());

  const client = (changes: Partial<CancellableClient> = {}): CancellableClient => ({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    processID: 17,
    secretKey: -4,
    connection: { stream: {} as Socket },
    ...changes,
  });

  it('names the process and its key', async () => {
    const received: Buffer[] = [];
    server = await listen((data, socket) => {
      received.push(data);
      socket.end();
    });
    await cancelStatement(client());
    const [request] = received;
    expect(headOf(request!)).toEqual(CANCEL);
    expect([request!.readInt32BE(8), request!.readInt32BE(12)]).toEqual([17, -4]);
  });

  it('is over when the server does not speak TLS', async () => {
    const received: number[][] = [];
    server = await listen((data, socket) => {
      received.push(headOf(data));
      socket.write('N');
    });
    await cancelStatement(client({ ssl: true }));
    expect(received).toEqual([SSL]);
  });

  it('is over when the server closes without an answer', async () => {
    server = await listen((_, socket) => socket.destroy());
    await cancelStatement(client({ ssl: true }));
    await cancelStatement(client());
    expect(server.listening).toBe(true);
  });

  it.each([
    ['an invalid certificate', { ssl: { cert: 'none' } }],
    ['an invalid port', { port: 70_000 }],
    ['no server', { port: 1 }],
    ['a socket file that is not there', { host: '/nowhere' }],
  ])('throws nothing for %s', async (_, changes) => {
    server = await listen((__, socket) => socket.write('S'));
    await expect(cancelStatement(client(changes))).resolves.toBeUndefined();
  });
});
