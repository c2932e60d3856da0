import { boolean, list } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';
import { NetworkList } from './public-address.js';

/** A name or `*.` with the end of one; an IPv6 address has brackets, as in a URL. */
const HOST = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$|^\[[0-9a-f:.]+\]$/i;

const MAX_PORT = 65_535;

const CURE = 'Correct it, or leave it out: then nothing more is allowed.';

/** @internal */
export const ALLOWANCES = optionGroup('sending.allow', {
  /** Whether requests may go to `http:` URLs. @default false */
  http: boolean(false),
  /**
   * Names of hosts that requests may reach at any address and port, such as `'billing.internal'` or
   * `'*.svc.cluster.local'`. @default none
   */
  hosts: list([], {
    one: "the name of a host, such as 'billing.internal' or '*.svc.cluster.local'",
    many: "names of hosts, such as 'billing.internal' or '*.svc.cluster.local'",
    accepts: (host): host is string => typeof host === 'string' && HOST.test(host),
    cure: CURE,
  }),
  /** Networks that requests may reach, such as `'10.0.0.0/8'`, or single addresses. @default none */
  networks: list([], {
    one: "a network, such as '10.0.0.0/8', or an address",
    many: "networks, such as '10.0.0.0/8', or addresses",
    accepts: (network): network is string =>
      typeof network === 'string' && NetworkList.understands(network),
    cure: CURE,
  }),
  /** Ports that requests may reach beside 443, and 80 by `http:`. @default none */
  ports: list([], {
    one: `a port, from 1 to ${MAX_PORT}`,
    many: `ports, from 1 to ${MAX_PORT}`,
    accepts: (port): port is number =>
      Number.isInteger(port) && Number(port) >= 1 && Number(port) <= MAX_PORT,
    cure: CURE,
  }),
});

/**
 * What requests may reach beside public addresses by `https:`.
 *
 * @publicApi
 */
export interface OutboundAllowances extends OptionsOf<typeof ALLOWANCES> {}

/** @internal */
export const SENDING_OPTIONS = optionGroup('sending', {
  /**
   * What requests may reach beside public addresses by `https:` on port 443: a URL that a stranger can set
   * must not lead into the application's own network. @default nothing
   */
  allow: ALLOWANCES.as<OutboundAllowances>(),
});

/**
 * How the library sends requests to other servers.
 *
 * @publicApi
 */
export interface SendingOptions extends OptionsOf<typeof SENDING_OPTIONS> {}

/** @internal */
export type ResolvedSendingOptions = ResolvedOf<typeof SENDING_OPTIONS>;
