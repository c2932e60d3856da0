/** A host name or address, with a port where it is not the usual one. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * The origin that a request was sent to, as the host's framework sees it.
 *
 * @returns `undefined` also for a malformed host header, which could swallow the path and the query after it
 *
 * @internal
 */
export function originOf({
  protocol,
  host,
}: {
  readonly protocol?: string;
  readonly host?: string;
}): string | undefined {
  if (host === undefined || (protocol !== 'http' && protocol !== 'https')) return undefined;
  return HOST.test(host) ? `${protocol}://${host}` : undefined;
}
