// The fastest server that Node.js has: shows what the load process can drive.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '../remote.js';

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-length': 2, 'content-type': 'text/plain' }).end('ok');
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const api = { port: (): number => (server.address() as AddressInfo).port };
export type BareApi = typeof api;
serve(api);
