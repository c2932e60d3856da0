import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const RECEIVE_BYTES = 16_384;

/**
 * A keep-alive connection with one request at a time, written by hand: a client such as `fetch` takes longer
 * for a request than these servers, and the benchmark would measure the client.
 */
export class HttpConnection {
  private answered: ((status: number) => void) | undefined;
  private failed: ((error: Error) => void) | undefined;
  private head: Buffer = Buffer.alloc(0);
  private status = 0;
  /** How much of the answer's body has yet to come; while the head is incomplete, `undefined`. */
  private bodyLeft: number | undefined;

  private constructor(private readonly socket: Socket) {}

  static async open(port: number): Promise<HttpConnection> {
    let connection: HttpConnection | undefined;
    const socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafeSlow(RECEIVE_BYTES),
        callback: (length, buffer) => {
          connection?.receive(buffer as Buffer, length);
          return true;
        },
      },
    });
    connection = new HttpConnection(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    const fail = (error: Error) => connection?.failed?.(error);
    socket
      .on('error', fail)
      .on('close', () => fail(new Error('The server has closed the connection.')));
    return connection;
  }

  /** Sends a request; `answered` gets the status, once the whole answer has come. */
  send(bytes: Buffer, answered: (status: number) => void, failed: (error: Error) => void): void {
    this.answered = answered;
    this.failed = failed;
    this.socket.write(bytes);
  }

  close(): void {
    this.failed = undefined;
    this.socket.destroy();
  }

  private receive(buffer: Buffer, length: number): void {
    let bodyBytes = length;
    if (this.bodyLeft === undefined) {
      const received = buffer.subarray(0, length);
      // The bytes of the buffer are overwritten by the next ones.
      this.head = this.head.length === 0 ? received : Buffer.concat([this.head, received]);
      const end = this.head.indexOf(HEAD_END);
      if (end < 0) {
        this.head = Buffer.from(this.head);
        return;
      }
      this.readHead(this.head.toString('latin1', 0, end));
      bodyBytes = this.head.length - end - HEAD_END.length;
      this.head = Buffer.alloc(0);
    }
    this.bodyLeft = (this.bodyLeft ?? 0) - bodyBytes;
    if (this.bodyLeft > 0) return;
    this.bodyLeft = undefined;
    this.answered?.(this.status);
  }

  private readHead(head: string): void {
    const length = /\r\ncontent-length: (\d+)/i.exec(head);
    if (length === null) throw new Error('An answer without Content-Length cannot be read here.');
    this.status = Number(head.slice(9, 12));
    this.bodyLeft = Number(length[1]);
  }
}
