import { isIP } from 'node:net';
import { isPublicAddress, NetworkList } from './public-address.js';
import type { OutboundAllowances } from './sending.options.js';

/** Names that clouds and operating systems give to addresses that are not public. */
const INTERNAL_NAME =
  /^(?:localhost|metadata|instance-data|.*\.(?:localhost|local|internal|home\.arpa|localdomain))$/;

const USUAL_PORTS: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80 };

/**
 * Decides which URLs and addresses requests may reach: a URL that a stranger can set must not lead to a
 * server that only this machine can reach (server-side request forgery, SSRF).
 *
 * @internal
 */
export class AddressGuard {
  private readonly allowsHttp: boolean;
  private readonly hosts: readonly string[];
  private readonly networks: NetworkList;
  private readonly ports: ReadonlySet<number>;

  /** @throws {TypeError} for an invalid network */
  constructor({ http = false, hosts = [], networks = [], ports = [] }: OutboundAllowances = {}) {
    this.allowsHttp = http;
    this.hosts = hosts.map((host) => nameOf(host.toLowerCase()));
    this.networks = new NetworkList(networks);
    this.ports = new Set(ports);
  }

  /**
   * Why a URL is refused, before its name is looked up.
   *
   * @returns the reason, without the URL's path; `undefined` if the URL is allowed
   */
  refusalOf(url: URL): string | undefined {
    const { protocol, hostname, port, username, password } = url;
    const usualPort = USUAL_PORTS[protocol];
    if (usualPort === undefined) return `its protocol is ${protocol}`;
    if (protocol === 'http:' && !this.allowsHttp)
      return 'its protocol is http:, which is not allowed';
    if (username !== '' || password !== '') return 'it has a user or a password';
    if (this.isAllowedHost(hostname)) return undefined;
    const number = port === '' ? usualPort : Number(port);
    if (number !== usualPort && !this.ports.has(number)) return `port ${number} is not allowed`;
    const literal = unbracketed(hostname);
    if (isIP(literal) !== 0) return this.refusalOfAddress(literal, hostname);
    return INTERNAL_NAME.test(nameOf(hostname)) ? 'its host has an internal name' : undefined;
  }

  /**
   * Why an address is refused that a host's name resolves to.
   *
   * @param hostname the name that was looked up, or the address itself
   */
  refusalOfAddress(address: string, hostname: string): string | undefined {
    const isAllowed =
      isPublicAddress(address) || this.networks.has(address) || this.isAllowedHost(hostname);
    return isAllowed ? undefined : 'its address is not public';
  }

  private isAllowedHost(hostname: string): boolean {
    const name = nameOf(hostname.toLowerCase());
    return this.hosts.some((host) =>
      host.startsWith('*.') ? name.endsWith(host.slice(1)) : name === host,
    );
  }
}

/** An IPv6 address has brackets in a URL. */
function unbracketed(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** `localhost.` is `localhost`. */
function nameOf(hostname: string): string {
  return unbracketed(hostname.endsWith('.') ? hostname.slice(0, -1) : hostname);
}
