/** A host name or address, with a port where it is not the usual one. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Where a request was sent to, as the host's framework sees it. A host header that is none could move
 * the path and the query that follow it, and is left out.
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
