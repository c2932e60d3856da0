import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** The part of a connected `pg` client that is used here. */
export interface CancellableClient {
  readonly host: string;
  readonly port: number;
  readonly ssl?: boolean | ConnectionOptions;
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly connection: { readonly stream: Socket };
}

const CANCEL_REQUEST = 80_877_102;
const SSL_REQUEST = 80_877_103;
/** How the server says that it speaks TLS. */
const WILLING = 'S';

/** How long the request may take, in milliseconds; correctness does not depend on it. */
const LIMIT_MS = 1_000;

/**
 * Asks the server to stop what the client's connection runs, over a connection of its own, as the protocol
 * requires. Resolves when the server, or the pooler, has taken the request, or does not answer.
 *
 * @internal
 */
export async function cancelStatement(client: CancellableClient): Promise<void> {
  const { processID, secretKey, ssl } = client;
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return;
  const over = new AbortController();
  const { signal } = over;
  const limit = setTimeout(() => over.abort(), LIMIT_MS);
  let socket: Socket | undefined;
  try {
    socket = open(client).on('error', ignore);
    socket.on('close', () => over.abort());
    await once(socket, 'connect', { signal });
    const isSecured = ssl !== undefined && ssl !== false;
    const channel = isSecured ? await secure(socket, client, signal) : socket;
    channel.write(message(CANCEL_REQUEST, processID, secretKey));
    // The server answers by closing the connection.
    await once(channel, 'close', { signal });
  } catch {
    // The server cannot be asked; it stops the statement by itself later.
  } finally {
    clearTimeout(limit);
    socket?.destroy();
  }
}

async function secure(
  socket: Socket,
  { host, ssl }: CancellableClient,
  signal: AbortSignal,
): Promise<Socket> {
  socket.write(message(SSL_REQUEST));
  const [answer] = (await once(socket, 'data', { signal })) as [Buffer];
  if (answer.toString('latin1') !== WILLING) throw new Error('The server does not speak TLS.');
  const secured = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(typeof ssl === 'object' ? ssl : {}),
  }).on('error', ignore);
  await once(secured, 'secureConnect', { signal });
  return secured;
}

function ignore(): void {}

/** Connects to the same address as the client: a host name may stand for several servers. */
function open({ host, port, connection }: CancellableClient): Socket {
  if (host.startsWith('/')) return connect(`${host}/.s.PGSQL.${port}`);
  const { remoteAddress = host, remotePort = port } = connection.stream;
  return connect(remotePort, remoteAddress);
}

/** A message without a type, which only the first message of a connection may be. */
function message(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 + 4 * values.length);
  buffer.writeInt32BE(buffer.length, 0);
  values.forEach((value, index) => buffer.writeInt32BE(value, 4 + 4 * index));
  return buffer;
}
