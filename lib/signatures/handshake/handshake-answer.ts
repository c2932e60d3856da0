import type { HandshakeAnswer } from '../signature-scheme.js';

/** Longest challenge that is sent back. */
const MAX_CHALLENGE = 4_096;

/**
 * Sends a challenge back as plain text. It is a stranger's text, so no browser may take it for a page.
 *
 * @param challenge a value of the request; it may be anything
 * @returns `undefined` unless it is a text of 1 to 4,096 characters
 * @publicApi
 */
export function echo(challenge: unknown): HandshakeAnswer | undefined {
  if (!isChallenge(challenge)) return undefined;
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body: challenge,
  };
}

/**
 * Answers a handshake with status 200 and JSON.
 *
 * @param content what `JSON.stringify` writes into the body
 * @publicApi
 */
export function jsonAnswer(content: object): HandshakeAnswer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
    },
    body: JSON.stringify(content),
  };
}

/**
 * Answers a handshake with a status and no body.
 *
 * @param status an HTTP status code
 * @param headers in lower case @default none
 * @publicApi
 */
export function emptyAnswer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): HandshakeAnswer {
  return { status, headers, body: '' };
}

/**
 * Whether a value of a request can be a challenge: a text of 1 to 4,096 characters.
 *
 * @param text a value of the request; it may be anything
 * @publicApi
 */
export function isChallenge(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && text.length <= MAX_CHALLENGE;
}
