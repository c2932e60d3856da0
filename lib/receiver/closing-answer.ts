import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Clock } from '../clock/clock.js';
import type { Answer } from './answer.js';
import type { RawRequest } from './raw-request.js';
import { discardBody } from './unread-body.js';

/**
 * Answers a request whose body is not read to its end, and closes the connection: our half at once, all of it
 * when the client has had time to read the answer. Closing all of it while the client is still sending would
 * reset the connection, and the client would lose the answer.
 *
 * @param further headers that the framework wants to send too
 * @internal
 */
export function answerAndClose(
  request: RawRequest,
  response: ServerResponse,
  answer: Answer,
  clock: Clock,
  further: OutgoingHttpHeaders = {},
): void {
  const { socket } = response;
  if (request.httpVersionMajor === 2 || !(socket instanceof Socket)) {
    response.writeHead(answer.status, { ...further, ...answer.headers });
    response.end(answer.body);
    return;
  }
  response.writeHead(answer.status, { ...further, ...answer.headers, connection: 'close' });
  response.flushHeaders();
  response.write(answer.body);
  socket.end();
  discardBody(request, clock, () => socket.destroy());
}
