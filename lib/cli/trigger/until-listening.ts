import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const AGAIN_MS = 100;

/**
 * Waits until something accepts connections at a URL's host and port, such as an application that is starting.
 *
 * @param limitMs how long to wait at most, in milliseconds; after that, the request itself fails
 * @internal
 */
export async function untilListening(url: string, limitMs: number): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const giveUpAt = performance.now() + limitMs;
  while (performance.now() < giveUpAt) {
    const leftMs = giveUpAt - performance.now();
    if (await accepts(host, Number(port || (protocol === 'https:' ? 443 : 80)), leftMs)) return;
    await pause(AGAIN_MS);
  }
}

function accepts(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (isListening: boolean): void => {
      socket.destroy();
      resolve(isListening);
    };
    socket.setTimeout(Math.max(1, timeoutMs), () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
