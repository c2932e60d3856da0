import { lookup } from 'node:dns/promises';

/** An address that a name stands for. */
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
   * All addresses of a host, those to be tried first at the beginning.
   *
   * @throws an error with a `code` where there is none
   */
  abstract resolve(hostname: string): Promise<readonly HostAddress[]>;
}

/**
 * As the operating system does: the file of hosts, search domains and the like hold as everywhere else.
 *
 * @internal
 */
export class SystemHostResolver extends HostResolver {
  override async resolve(hostname: string): Promise<readonly HostAddress[]> {
    return (await lookup(hostname, { all: true })) as HostAddress[];
  }
}
