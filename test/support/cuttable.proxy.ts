import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between an application and a server, and can cut the connection as a dead server would. */
export class CuttableProxy {
  /** How often somebody tried to connect. */
  connects = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private cutOff = false;

  constructor(host: string, port: number) {
    this.server = createServer((client) => {
      this.connects++;
      if (this.cutOff) {
        client.destroy();
        return;
      }
      const upstream = connect(port, host);
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.sockets.add(from);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.sockets.delete(from);
          to.destroy();
        });
        from.pipe(to);
      }
    });
  }

  /** @returns the port to connect to */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.');
    return address.port;
  }

  /** Ends all connections and refuses new ones. */
  cut(): void {
    this.cutOff = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.cutOff = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
