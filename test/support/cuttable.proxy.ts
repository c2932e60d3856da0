import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A proxy between an application and a server. It can cut connections, like a dead server, or silence them,
 * like a network that drops packets.
 */
export class CuttableProxy {
  /** How many connections were tried. */
  connects = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly silenced: Socket[] = [];
  private cutOff = false;
  private silentFromNowOn = false;

  constructor(host: string, port: number) {
    this.server = createServer((client) => {
      this.connects++;
      if (this.cutOff) {
        client.destroy();
        return;
      }
      if (this.silentFromNowOn) {
        this.sockets.add(client);
        client.on('error', () => undefined).on('close', () => this.sockets.delete(client));
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
    for (const socket of [...this.sockets, ...this.silenced]) socket.destroy();
  }

  /** Refuses new connections until {@link restore}; the open ones stay. */
  refuse(): void {
    this.cutOff = true;
  }

  restore(): void {
    this.cutOff = false;
    this.silentFromNowOn = false;
  }

  /**
   * Silences the open connections permanently, without closing either end. It forwards new ones as before.
   */
  silence(): void {
    for (const socket of this.sockets) {
      socket.unpipe();
      // Keep the other end open when this one closes.
      socket
        .removeAllListeners('close')
        .removeAllListeners('error')
        .on('error', () => undefined);
      socket.pause();
    }
    this.silenced.push(...this.sockets);
    this.sockets.clear();
  }

  /** Silences all connections, also new ones, until {@link restore}. */
  silenceAll(): void {
    this.silence();
    this.silentFromNowOn = true;
  }

  async close(): Promise<void> {
    this.cut();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }
}
