import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Clock } from '../clock/clock.js';
import type { Answer } from './answer.js';
import type { RawRequest } from './raw-request.js';
import { discardBody } from './unread-body.js';

/**
 * Answers a request whose body is not read to its end, and closes the connection: our half of it at once,
 * the other when the client has had the time to read the answer. Closed on a client that is still
 * sending, it would be reset, and the answer lost.
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
