import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { CuttableProxy } from './cuttable.proxy.js';
import type { TestDatabase } from './databases.js';

/** A server's database, reached through a proxy. */
export interface ProxiedDatabase extends TestDatabase {
  readonly proxy: CuttableProxy;
}

/** Puts a proxy before the database. Dropping it closes the proxy too. */
export async function proxied(database: TestDatabase): Promise<ProxiedDatabase> {
  const { options } = database;
  if (!('url' in options) || typeof options.url !== 'string') {
    throw new Error('Only a server can be reached through a proxy.');
  }
  const url = new URL(options.url);
  const proxy = new CuttableProxy(
    url.hostname,
    Number(url.port || (options.type === 'postgres' ? 5432 : 3306)),
  );
  url.port = String(await proxy.listen());
  url.hostname = '127.0.0.1';
  return {
    options: { ...options, url: url.href } as TypeOrmModuleOptions,
    proxy,
    drop: async () => {
      await proxy.close();
      await database.drop();
    },
  };
}
