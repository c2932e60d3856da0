import { CuttableProxy } from '../../support/cuttable.proxy.js';
import { ChaosDatabase } from '../chaos.database.js';
import type { Run } from '../run.js';
import type { PrivateServer, PrivateServerKind } from './private.server.js';

/** A server that applications reach through a proxy, and the observer directly. */
export interface ProxiedServer {
  readonly server: PrivateServer;
  readonly proxy: CuttableProxy;
  readonly database: ChaosDatabase;
}

export async function openBehindProxy(run: Run, kind: PrivateServerKind): Promise<ProxiedServer> {
  const server = await kind.create(run);
  const observed = await ChaosDatabase.open(run, server.options(server.port));
  const proxy = new CuttableProxy('127.0.0.1', server.port);
  const database = observed.through(server.options(await proxy.listen()));
  run.cleanUp(() => proxy.close());
  return { server, proxy, database };
}
