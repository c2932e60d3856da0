import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressGuard } from './address.guard.js';
import type { HostAddress, HostResolver } from './host.resolver.js';
import { OutboundError } from './outbound.error.js';

/** Options of the connector. */
export interface ConnectorOptions {
  /** How long to try for, in milliseconds. */
  readonly timeoutMs: number;
  /** Creates the inner connector, which gets only checked addresses. @default undici's */
  readonly build?: (options: buildConnector.BuildOptions) => buildConnector.connector;
}

/**
 * Connects to addresses that have been checked, and to no others: it looks a name up once for a socket and
 * checks all of its addresses, and the socket tries them in turn. Checking first and then connecting by name
 * would look the name up twice, and its owner could answer differently the second time (DNS rebinding).
 *
 * @internal
 */
export function guardedConnector(
  guard: AddressGuard,
  resolver: HostResolver,
  { timeoutMs, build = buildConnector }: ConnectorOptions,
): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, callback) => {
    void checkedAddresses(guard, resolver, hostname).then(
      (addresses) => {
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
  const connect = build({ timeout: timeoutMs, lookup, autoSelectFamily: true });
  return (options, callback) => {
    // Node.js does not look up a literal address.
    const refusal =
      isIP(options.hostname) === 0
        ? undefined
        : guard.refusalOfAddress(options.hostname, options.hostname);
    if (refusal === undefined) connect(options, callback);
    else callback(OutboundError.refused(options.hostname, refusal), null);
  };
}

/**
 * @throws {OutboundError} if one of them may not be reached: otherwise the name's owner would choose which
 * one is used
 */
async function checkedAddresses(
  guard: AddressGuard,
  resolver: HostResolver,
  hostname: string,
): Promise<readonly HostAddress[]> {
  const addresses = await resolver.resolve(hostname);
  for (const { address } of addresses) {
    const refusal = guard.refusalOfAddress(address, hostname);
    if (refusal !== undefined) throw OutboundError.refused(hostname, refusal);
  }
  return addresses;
}
