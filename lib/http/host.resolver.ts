import { lookup } from 'node:dns/promises';

/** An address that a name resolves to. */
export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * Looks up names of hosts.
 *
 * @internal
 */
export abstract class HostResolver {
  /**
   * All addresses of a host, in the order in which to try them.
   *
   * @throws an error with a `code` if there is none
   */
  abstract resolve(hostname: string): Promise<readonly HostAddress[]>;
}

/**
 * Resolves as the operating system does: with its hosts file, search domains and the like.
 *
 * @internal
 */
export class SystemHostResolver extends HostResolver {
  override async resolve(hostname: string): Promise<readonly HostAddress[]> {
    return (await lookup(hostname, { all: true })) as HostAddress[];
  }
}
