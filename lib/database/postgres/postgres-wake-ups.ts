import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../clock/clock.js';
import { describeError } from '../../errors/describe-error.js';
import { SafeLogger } from '../../logging/safe.logger.js';
import { WakeUps, type WakeUp, type WakeUpListener } from '../wake-ups.js';
import { readWakeUp } from './pending-wake-up.js';
import { WakeUpLink, type LinkPool } from './wake-up-link.js';
import { WakeUpSender } from './wake-up-sender.js';

/** How long a notification may take to come back in the test of a connection, in milliseconds. */
const TEST_LIMIT_MS = 2_000;

/** How long a stop waits until the last notification is sent, in milliseconds. */
const STOP_LIMIT_MS = 1_000;

/** How long to wait until LISTEN is tried again where it did not work, in milliseconds. */
const TRY_AGAIN_MS = 60_000;

/** How often the connection is tested, in milliseconds. */
const TEST_EVERY_MS = 30_000;

/** How long to wait before connecting again: at first, and at most, in milliseconds. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;

/** What waking other processes needs. */
export interface WakeUpTools {
  readonly mode: 'auto' | boolean;
  /** The pool of the primary; `undefined` if it cannot be used. */
  readonly pool: () => LinkPool | undefined;
  /** Sends a notification through the pool. */
  readonly throughPool: (channel: string, text: string) => Promise<unknown>;
  /** Time limit of connecting and of each statement, in milliseconds. */
  readonly limitMs: number;
  readonly schema: string | undefined;
  readonly prefix: string;
  readonly clock: Clock;
}

interface OpenLink {
  readonly link: WakeUpLink;
  readonly channel: string;
  readonly isDirect: boolean;
}

/**
 * Wakes other processes by LISTEN and NOTIFY, on one connection of its own. A process that runs no jobs opens it with its
 * first notification.
 *
 * @internal
 */
export class PostgresWakeUps extends WakeUps {
  override isListening = false;
  private readonly logger = new SafeLogger('WebhookModule');
  /** A notification begins with it: PostgreSQL sends a process its own ones too. */
  private readonly id = randomBytes(6).toString('hex');
  private readonly sender: WakeUpSender;
  private state: 'idle' | 'started' | 'stopped' = 'idle';
  private listener: WakeUpListener | undefined;
  private link: WakeUpLink | undefined;
  private opened: Promise<OpenLink> | undefined;
  private onTest: (text: string) => void = () => undefined;
  private endPause: () => void = () => undefined;
  private hasTold = false;

  constructor(private readonly tools: WakeUpTools) {
    super();
    this.sender = new WakeUpSender(tools.clock, (text) => this.send(text));
  }

  override start(listener?: WakeUpListener): void {
    if (this.tools.mode === false || this.state !== 'idle') return;
    this.state = 'started';
    this.listener = listener;
    if (listener !== undefined) void this.keepListening(listener);
    this.sender.start();
  }

  override notify(wakeUp: WakeUp): void {
    if (this.tools.mode !== false) this.sender.add(wakeUp);
  }

  override async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      void this.sender.stop().then(resolve);
      this.tools.clock.schedule(resolve, STOP_LIMIT_MS);
    });
    this.state = 'stopped';
    this.isListening = false;
    this.endPause();
    await this.link?.end();
  }

  /** Never rejects. While a process that listens has no connection, its notifications are lost. */
  private async send(text: string): Promise<void> {
    try {
      const { link, channel } = await (this.opened ?? this.openToSend());
      await link.notify(channel, `${this.id};${text}`);
    } catch {
      this.logger.debug('Could not wake other processes: they find the jobs when they poll.');
    }
  }

  private openToSend(): Promise<OpenLink> {
    if (this.listener !== undefined) throw new Error('The connection is being opened again.');
    return this.open();
  }

  /** Opens the connection. After a failure, the next attempt is not made at once. */
  private open(): Promise<OpenLink> {
    const opened = this.connect();
    this.opened = opened;
    const forget = (): void => {
      if (this.opened === opened) this.opened = undefined;
    };
    opened.then(
      ({ link }) => void link.closed.then(forget),
      () => void this.tools.clock.schedule(forget, FIRST_PAUSE_MS),
    );
    return opened;
  }

  private async connect(): Promise<OpenLink> {
    const { limitMs, schema, prefix } = this.tools;
    const pool = this.tools.pool();
    if (pool === undefined) throw new Error('The data source has no pool.');
    const link = new WakeUpLink(pool, limitMs, (text) => this.receive(text));
    this.link = link;
    const facts = await link.open();
    const channel = channelOf(schema ?? facts.schema, prefix);
    return { link, channel, isDirect: facts.isDirect };
  }

  private async keepListening(listener: WakeUpListener): Promise<void> {
    for (let failures = 0; this.state === 'started';) {
      let pauseMs = FIRST_PAUSE_MS;
      try {
        const open = await this.open();
        if (await this.canListen(open)) {
          failures = 0;
          this.hasTold = false;
          await this.listenUntilClosed(open.link, listener);
        } else {
          // It still serves to wake others meanwhile.
          await this.pause(TRY_AGAIN_MS);
        }
      } catch (error) {
        const why = describeError(error);
        this.tell('debug', `PostgreSQL cannot wake this process at the moment: ${why}`);
        pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS);
      }
      await this.link?.end();
      await this.pause(pauseMs);
    }
  }

  private async listenUntilClosed(link: WakeUpLink, listener: WakeUpListener): Promise<void> {
    if (this.state !== 'started' || link.isClosed) return;
    this.isListening = true;
    listener.connected();
    while (!link.isClosed && this.state === 'started') {
      await this.within(TEST_EVERY_MS, link.closed);
      if (!link.isClosed && this.state === 'started') await link.test();
    }
    this.isListening = false;
    if (this.state === 'started') listener.disconnected();
  }

  /**
   * Whether a notification that another connection sends arrives. Behind a pooler LISTEN is not even tried: another
   * client would get the session, and the notifications with it. The test finds poolers that pass for a server.
   */
  private async canListen({ link, channel, isDirect }: OpenLink): Promise<boolean> {
    if (!isDirect) return this.poolerFound();
    await link.listen(channel);
    const token = randomBytes(6).toString('hex');
    const arrived = new Promise<true>((resolve) => {
      this.onTest = (text) => {
        if (text === token) resolve(true);
      };
    });
    await this.tools.throughPool(channel, `${this.id};test;${token}`);
    if ((await this.within(TEST_LIMIT_MS, arrived)) === true) return true;
    if (this.state !== 'started') return false;
    await link.unlisten(channel);
    return this.poolerFound();
  }

  private poolerFound(): false {
    this.tell(
      'log',
      'A pooler stands between the application and PostgreSQL, so LISTEN does not work: this process finds the jobs ' +
        'of others when it polls. `database: { wakeUps: false }` ends this message.',
    );
    return false;
  }

  /** Says it once, until it works again; where the host has asked for wake-ups, it is a warning. */
  private tell(level: 'debug' | 'log', what: string): void {
    if (this.hasTold || this.state !== 'started') return;
    this.hasTold = true;
    this.logger[this.tools.mode === true ? 'warn' : level](what);
  }

  private receive(text: string): void {
    const [, sender, rest = ''] = /^([^;]*);(.*)$/s.exec(text) ?? [];
    const test = /^test;(.*)$/.exec(rest)?.[1];
    if (sender === this.id) this.onTest(test ?? '');
    else if (test === undefined && this.isListening) this.listener?.woken(readWakeUp(rest));
  }

  /** Waits for something, but not longer, and only until this process stops. */
  private async within<Result>(ms: number, what: Promise<Result>): Promise<Result | undefined> {
    try {
      return await Promise.race([what, this.pause(ms).then(() => undefined)]);
    } finally {
      this.endPause();
    }
  }

  private async pause(ms: number): Promise<void> {
    if (this.state !== 'started') return;
    await new Promise<void>((resolve) => {
      const cancel = this.tools.clock.schedule(resolve, ms);
      this.endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** Applications with tables of their own have a channel of their own. */
function channelOf(schema: string, prefix: string): string {
  const digest = createHash('sha256').update(`${schema}\n${prefix}`).digest('hex');
  return `hookline_${digest.slice(0, 32)}`;
}
