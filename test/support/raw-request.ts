import { connect } from 'node:net';

/**
 * Sends lines unchanged over a new connection, for requests that no client would write.
 *
 * @returns the whole answer until the server closed
 */
export function rawRequest(port: number, host: string, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
    socket.write(lines.join('\r\n'));
  });
}
