import { AppProcess, type AppSettings } from './app.process.js';
import type { CompiledApp } from './compiled.app.js';
import type { Random } from './random.js';
import { Sender, type SenderSettings } from './sender.js';
import { Walk, type WalkSettings } from './walk.js';

/** The tools of a scenario. Everything that it starts ends with it, even if it fails. */
export class Run {
  private readonly cleanups: (() => unknown)[] = [];
  private readonly apps: AppProcess[] = [];

  constructor(
    private readonly app: CompiledApp,
    readonly random: Random,
    /** Whether the form is short, for the check of each change. */
    readonly isShort: boolean,
  ) {}

  /** Starts an application in a process of its own, and waits until it listens. */
  async startApp(settings: AppSettings): Promise<AppProcess> {
    const app = this.spawnApp(settings);
    await app.listening;
    return app;
  }

  /** Starts an application in a process of its own. */
  spawnApp(settings: AppSettings): AppProcess {
    const app = new AppProcess(this.app, settings);
    this.apps.push(app);
    this.cleanUp(() => app.kill());
    return app;
  }

  /** Starts a load, which ends with the run at the latest. */
  startSender(settings: Omit<SenderSettings, 'random'>): Sender {
    const sender = new Sender({ ...settings, random: this.random }).start();
    this.cleanUp(() => sender.abandon());
    return sender;
  }

  /** Starts a walk beside a load of another kind; it ends with the run at the latest. */
  startWalk(url: WalkSettings['url']): Walk {
    const walk = this.prepareWalk(url);
    return walk.start();
  }

  /** A walk that goes round by round. */
  prepareWalk(url: WalkSettings['url']): Walk {
    const walk = new Walk({ url, random: this.random, name: 'beside' });
    this.cleanUp(() => walk.abandon());
    return walk;
  }

  /** The ends of the logs of the applications that ran last. */
  lastWords(): string {
    return this.apps
      .slice(-2)
      .map((app) => `  log of application ${app.pid}:\n${app.lastWords()}`)
      .join('\n');
  }

  /** Registers a callback for the end; the last one runs first. */
  cleanUp(callback: () => unknown): void {
    this.cleanups.push(callback);
  }

  async end(): Promise<void> {
    for (const callback of this.cleanups.splice(0).toReversed()) {
      try {
        await callback();
      } catch (error) {
        console.error('Cleaning up failed:', error);
      }
    }
  }
}
