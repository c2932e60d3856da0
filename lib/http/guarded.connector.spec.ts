import type { LookupFunction } from 'node:net';
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { AddressGuard } from './address.guard.js';
import { guardedConnector } from './guarded.connector.js';
import { HostResolver, type HostAddress } from './host.resolver.js';
import type { OutboundAllowances } from './sending.options.js';

/** Answers from a table. */
class TableResolver extends HostResolver {
  readonly asked: string[] = [];

  constructor(private readonly table: Readonly<Record<string, readonly string[]>>) {
    super();
  }

  override resolve(hostname: string): Promise<readonly HostAddress[]> {
    this.asked.push(hostname);
    const found = this.table[hostname];
    if (found === undefined) {
      return Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    }
    return Promise.resolve(
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }
}

const NAMES = {
  'public.example': ['93.184.216.34', '2606:4700::1'],
  'private.example': ['10.0.0.1'],
  'mixed.example': ['93.184.216.34', '127.0.0.1'],
  'last.example': ['2606:4700::1', '::ffff:169.254.169.254'],
};

/**
 * The addresses that a socket would try, found as Node.js does by a connector's lookup, but without a
 * network.
 *
 * @throws the connector's error
 */
async function tried(hostname: string, allow?: OutboundAllowances): Promise<readonly string[]> {
  const resolver = new TableResolver(NAMES);
  let addresses: readonly string[] = [];
  const build =
    ({ lookup }: { lookup?: LookupFunction }): buildConnector.connector =>
    (options, callback) => {
      if (/^[\d.]+$|:/.test(options.hostname)) {
        addresses = [options.hostname];
        callback(null, {} as Socket);
        return;
      }
      lookup?.(options.hostname, { all: true }, (error, found) => {
        addresses = (found as unknown as HostAddress[]).map(({ address }) => address);
        if (error === null) callback(null, {} as Socket);
        else callback(error, null);
      });
    };
  const connect = guardedConnector(new AddressGuard(allow), resolver, {
    timeoutMs: 1,
    build: build as never,
  });
  await new Promise<void>((resolve, reject) => {
    connect({ hostname, protocol: 'https:', port: '443' }, (...[error]) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  return addresses;
}

describe(guardedConnector.name, () => {
  it('REQ-319 lets a socket try all addresses of a public name', async () => {
    expect(await tried('public.example')).toEqual(NAMES['public.example']);
  });

  it.each(['private.example', 'mixed.example', 'last.example'])(
    'REQ-318 tries no address of %s, because one of them is not public',
    async (name) => {
      await expect(tried(name)).rejects.toMatchObject({
        failure: 'refused',
        message: `${name} may not be reached: its address is not public`,
      });
    },
  );

  it.each(['127.0.0.1', '::1', '169.254.169.254'])(
    'REQ-318 does not connect to %s',
    async (literal) => {
      await expect(tried(literal)).rejects.toMatchObject({ failure: 'refused' });
    },
  );

  it('connects to public literals', async () => {
    expect(await tried('93.184.216.34')).toEqual(['93.184.216.34']);
  });

  it('connects to what the application allows', async () => {
    const allow = { networks: ['10.0.0.0/8'], hosts: ['mixed.example'] };
    expect(await tried('private.example', allow)).toEqual(['10.0.0.1']);
    expect(await tried('mixed.example', allow)).toEqual(NAMES['mixed.example']);
  });

  it('reports that a name has no address', async () => {
    await expect(tried('none.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
