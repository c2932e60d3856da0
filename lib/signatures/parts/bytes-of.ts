/**
 * The bytes of a body to send: text is sent as UTF-8.
 *
 * @internal
 */
export function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
}
